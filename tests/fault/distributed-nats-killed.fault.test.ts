import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { openPostgresEventStore } from '../../platform/event-store/postgres/postgres-event-store.ts';
import { type DistributedDeployment, startDistributed } from '../support/distributed-deployment.ts';
import { type Link, openLink } from '../support/link.ts';
import { describeWithNats } from '../support/nats-server.ts';
import { Conversations } from './distributed-conversations.ts';

const PAIRS = 10;
const MESSAGES = 5000;

describeWithNats('a message bus that breaks amid sends', () => {
  let deployment: DistributedDeployment;
  let linkOfProjection: Link;
  let store: EventStore;

  beforeAll(async () => {
    deployment = await startDistributed(
      {
        FRAME_LIMIT_PER_S: '100000',
        // However fast the machine sends during an outage, a tab never misses more than a resume brings back.
        RESUME_LIMIT: '100000',
        // What was on its way is known to be lost only when this is over.
        COMMAND_TIMEOUT_MS: '2000',
      },
      {
        natsForProjection: async (url) => {
          linkOfProjection = await openLink({ host: '127.0.0.1', port: Number(new URL(url).port) });
          return `nats://127.0.0.1:${linkOfProjection.port}`;
        },
      },
    );
    store = await openPostgresEventStore({ url: deployment.databaseUrl, logger: pino({ level: 'silent' }) });
  });

  afterAll(async () => {
    await store?.close();
    await deployment?.stop();
    await linkOfProjection?.close();
  });

  it.each([1000, 10_000])(
    'loses, doubles and reorders nothing when NATS is killed for %d ms',
    async (outageMs) => {
      const conversations = await Conversations.between(deployment.addresses, PAIRS);
      const sending = conversations.send(MESSAGES / 2 / PAIRS);

      await conversations.moreAcks(MESSAGES / 6);
      await deployment.nats.kill();
      const over = delay(outageMs);
      conversations.breakOffSome();
      await deployment.expectReadiness(Array(6).fill(503));
      await over;
      await deployment.nats.start();
      await deployment.expectReadiness(Array(6).fill(200));

      await sending;
      await conversations.expectAllEverywhere(store);
      conversations.expectOnlyUnavailable();
      expect(conversations.refusals).toBeGreaterThan(0);
    },
  );

  it('loses, doubles and reorders nothing when only the projection service is cut off for a while', async () => {
    const outageMs = 4000;
    const conversations = await Conversations.between(deployment.addresses, PAIRS);

    await conversations.sendDuring(async () => {
      await conversations.moreAcks(conversations.underWay);
      linkOfProjection.cut();
      const over = delay(outageMs);
      await deployment.expectReadiness([503, 200, 200, 200, 200, 200]);
      await conversations.moreAcks(conversations.underWay + 1);
      await over;
      linkOfProjection.mend();
      await deployment.expectReadiness(Array(6).fill(200));
    });

    await conversations.expectAllEverywhere(store);
    conversations.expectOnlyUnavailable();
  });
});
