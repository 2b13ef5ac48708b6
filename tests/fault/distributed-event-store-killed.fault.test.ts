import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { openEventStoreDb } from '../../platform/event-store/eventstoredb/open-eventstoredb.ts';
import { type DoubleProcess, startDoubleProcess } from '../eventstoredb-double/double-process.ts';
import { type DistributedDeployment, startDistributed } from '../support/distributed-deployment.ts';
import { describeWithNats } from '../support/nats-server.ts';
import { soaking } from '../support/soak.ts';
import { Conversations } from './distributed-conversations.ts';

const KILLS = soaking(3, 5);
const PAIRS = 6;

describeWithNats('an event store that is killed again and again amid sends', () => {
  let home: string;
  let logFile: string;
  let double: DoubleProcess;
  let deployment: DistributedDeployment;
  let store: EventStore;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'rally-double-'));
    logFile = join(home, 'log');
    double = await startDoubleProcess({ logFile });
    const { url } = double;
    deployment = await startDistributed({
      EVENT_STORE: 'eventstoredb',
      EVENTSTORE_URL: url,
      FRAME_LIMIT_PER_S: '100000',
      // However fast the machine sends meanwhile, a tab never misses more than a resume brings back.
      RESUME_LIMIT: '100000',
    });
    store = openEventStoreDb({ url });
  });

  afterAll(async () => {
    await store?.close();
    await deployment?.stop();
    await double?.kill();
    await rm(home, { recursive: true, force: true });
  });

  it('keeps every acked message, and doubles none', async () => {
    const conversations = await Conversations.between(deployment.addresses, PAIRS);
    const port = Number(new URL(double.url).port);
    await conversations.sendDuring(async () => {
      for (let kill = 0; kill < KILLS; kill += 1) {
        await conversations.moreAcks(conversations.underWay + 1);
        await double.kill();
        await deployment.expectReadiness([200, 503, 503, 200, 200, 200]);
        double = await startDoubleProcess({ port, logFile });
        await deployment.expectReadiness(Array(6).fill(200));
      }
    });
    await conversations.expectAllEverywhere(store);
    conversations.expectOnlyUnavailable();
    expect(conversations.refusals).toBeGreaterThan(0);
  });
});
