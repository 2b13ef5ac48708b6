import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { openPostgresEventStore } from '../../platform/event-store/postgres/postgres-event-store.ts';
import { type DistributedDeployment, startDistributed } from '../support/distributed-deployment.ts';
import { leaderFirst, type ManagedProcess, startManaged } from '../support/managed-process.ts';
import { describeWithNats } from '../support/nats-server.ts';
import { eventually } from '../support/patience.ts';
import { soaking } from '../support/soak.ts';
import { Conversations } from './distributed-conversations.ts';

const PAIRS = 10;
const MESSAGES = soaking(8000, 20_000);
const STEPS = 100;
/** Tabs that lose their connection at each step, of 60. */
const DISCONNECTS = 8;

describeWithNats(`${MESSAGES} messages while tabs lose their connections`, () => {
  let deployment: DistributedDeployment;
  let second: ManagedProcess;
  let store: EventStore;

  beforeAll(async () => {
    deployment = await startDistributed({
      FRAME_LIMIT_PER_S: '100000',
      // However fast the machine sends during an outage, a tab never misses more than a resume brings back.
      RESUME_LIMIT: '100000',
      // What was on its way is known to be lost only when this is over.
      COMMAND_TIMEOUT_MS: '2000',
    });
    const { databaseUrl, nats } = deployment;
    second = await startManaged('projection-service/main.js', {
      DATABASE_URL: databaseUrl,
      NATS_URL: nats.url,
    });
    store = await openPostgresEventStore({ url: databaseUrl, logger: pino({ level: 'silent' }) });
  });

  afterAll(async () => {
    await store?.close();
    await second?.stop();
    await deployment?.stop();
  });

  /** The other one goes on, and the killed one comes back behind it. */
  async function killLeader(whileItIsDead = async () => {}): Promise<void> {
    const [leader, follower] = await leaderFirst(deployment.projection, second);
    await leader.kill();
    await whileItIsDead();
    await eventually(async () => expect(await follower.metric('rally_projection_leading')).toBe(1));
    await leader.start();
  }

  async function killNats(): Promise<void> {
    await deployment.nats.kill();
    await deployment.expectReadiness(Array(6).fill(503));
    await deployment.nats.start();
    await deployment.expectReadiness(Array(6).fill(200));
  }

  async function killBoth(): Promise<void> {
    await deployment.nats.kill();
    await killLeader(() => deployment.nats.start());
    await deployment.expectReadiness(Array(6).fill(200));
  }

  /** By the step at which they come. */
  const kills: Readonly<Record<number, () => Promise<void>>> = {
    10: killLeader,
    25: killNats,
    40: killBoth,
    55: killLeader,
    70: killNats,
    85: killBoth,
  };

  it('come to every tab once and in the log’s order, though leaders and NATS are killed meanwhile', async () => {
    const conversations = await Conversations.between(deployment.addresses, PAIRS);
    const sending = conversations.send(MESSAGES / PAIRS);
    for (let step = 1; step < STEPS; step += 1) {
      await conversations.acksInAll((MESSAGES / STEPS) * step);
      for (let lost = 0; lost < DISCONNECTS; lost += 1) conversations.breakOffAny();
      await kills[step]?.();
    }
    await sending;
    await conversations.expectAllEverywhere(store);
    conversations.expectOnlyUnavailable();
  });
});
