import type pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { openEventStore } from '../../platform/event-store/open-event-store.ts';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import { projectionDigest } from '../../projection-service/digest.ts';
import { rebuild } from '../../projection-service/rebuild.ts';
import { READ_SCHEMA } from '../../read-models/schema-name.ts';
import { message, twoPeople } from '../e2e/message-suite.ts';
import { type DistributedDeployment, startDistributed } from '../support/distributed-deployment.ts';
import type { ManagedProcess } from '../support/managed-process.ts';
import { describeWithNats } from '../support/nats-server.ts';
import { SOON_OFFLINE, untilNobodyIsOnline } from '../support/nobody-online.ts';
import { eventually } from '../support/patience.ts';
import { sayUntilAcked } from '../support/say-until-acked.ts';
import { soaking } from '../support/soak.ts';
import { openTab, type Tab } from '../support/tab.ts';
import { Conversations } from './distributed-conversations.ts';

const KILLS = soaking(2, 4);
const PAIRS = 6;
const logger = pino({ level: 'silent' });

describeWithNats('services that are killed again and again amid sends', () => {
  let deployment: DistributedDeployment;
  let store: EventStore;
  let pool: pg.Pool;
  let conversations: Conversations;

  beforeAll(async () => {
    deployment = await startDistributed({
      FRAME_LIMIT_PER_S: '100000',
      // What a killed command service was at is known to be lost only when this is over.
      COMMAND_TIMEOUT_MS: '2000',
      // However fast the machine sends meanwhile, a tab never misses more than a resume brings back.
      RESUME_LIMIT: '100000',
      ...SOON_OFFLINE,
    });
    const { databaseUrl: url } = deployment;
    store = await openEventStore({ EVENT_STORE: 'postgres', DATABASE_URL: url }, logger);
    pool = createPostgresPool({ url, applicationName: 'test', max: 3, logger });
  });

  beforeEach(async () => {
    conversations = await Conversations.between(deployment.addresses, PAIRS);
  });

  afterAll(async () => {
    await store?.close();
    await pool?.end();
    await deployment?.stop();
  });

  /** Dead, it does not answer, and the others hold what they promise without it. Resolves once it is ready again. */
  async function killAndRestart(victim: ManagedProcess): Promise<void> {
    await conversations.moreAcks(PAIRS);
    await victim.kill();
    await restart(victim);
  }

  async function restart(victim: ManagedProcess): Promise<void> {
    expect(await victim.readiness()).toBeNull();
    await conversations.moreAcks(conversations.underWay + 1);
    const others = deployment.all.filter((service) => service !== victim);
    expect(await Promise.all(others.map((service) => service.readiness()))).toEqual(Array(5).fill(200));
    await victim.start();
  }

  it('lose and double nothing when they are command services, of which one stays', async () => {
    await conversations.sendDuring(async () => {
      // Of two that take turns in dying, each has to do all the work alone as soon as it says that it is ready.
      for (let kill = 0; kill < KILLS; kill += 1)
        await killAndRestart(deployment.commands[kill % 2 === 0 ? 0 : 1]);
    });
    await conversations.expectAllEverywhere(store);
    conversations.expectOnlyUnavailable();
  });

  it('lose and double nothing when it is the only projection service', async () => {
    await conversations.sendDuring(async () => {
      for (let kill = 0; kill < KILLS; kill += 1) {
        await killWhileItWrites(pool, deployment.projection);
        await restart(deployment.projection);
        await conversations.moreArrivals(1);
      }
    });
    await conversations.expectAllEverywhere(store);
    conversations.expectOnlyUnavailable();
    await untilNobodyIsOnline(pool);
    await rebuild({ store, pool, schema: 'clean_run', signal: new AbortController().signal });
    expect(await projectionDigest(pool, READ_SCHEMA)).toEqual(await projectionDigest(pool, 'clean_run'));
  });

  it('lose and double nothing when it is one of two gateways', async () => {
    const [, address] = deployment.addresses;
    const { ann, chatId, tabs } = await twoPeople({
      addresses: [deployment.addresses[0]],
      stop: async () => {},
    });
    await conversations.sendDuring(async () => {
      for (let kill = 0; kill < KILLS; kill += 1) {
        await killAndRestart(deployment.gateways[1]);
        const visitor: Tab = await openTab(ann, { address });
        await sayUntilAcked(visitor, message(chatId, `${kill}`));
        await tabs[2].frame((frame) => frame.data.content === `${kill}`);
        await visitor.frame((frame) => frame.data.content === `${kill}`);
        await visitor.close();
      }
    });
    await conversations.expectAllEverywhere(store);
    conversations.expectOnlyUnavailable();
  });
});

/** PostgreSQL still commits what it was at; whoever goes on has to tell tabs of it. */
async function killWhileItWrites(pool: pg.Pool, projection: ManagedProcess): Promise<void> {
  const obstacle = await pool.connect();
  try {
    await obstacle.query(`begin; lock table ${READ_SCHEMA}.messages in share mode`);
    await eventually(async () => {
      const { rowCount } = await pool.query(
        `select from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock' and query like 'with fence %'`,
      );
      expect(rowCount).toBe(1);
    });
    await projection.kill();
  } finally {
    await obstacle.query('commit');
    obstacle.release();
  }
}
