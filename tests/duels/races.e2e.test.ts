import { pino } from 'pino';
import { afterAll, beforeAll, describe } from 'vitest';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { openPostgresEventStore } from '../../platform/event-store/postgres/postgres-event-store.ts';
import type { Deployment } from '../support/deployment.ts';
import { startDistributed } from '../support/distributed-deployment.ts';
import { startStandalone } from '../support/embedded-deployment.ts';
import { describeWithNats } from '../support/nats-server.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { describeRaces, RACE_SETTINGS } from './race-suite.ts';

/** 504 rounds of each race, where two command services decide at the same moment. */
const TRIOS = 36;
/** 84, where one does: it may be between two steps of each. */
const TRIOS_IN_ONE_PROCESS = 6;

const openStore = (url: string) => openPostgresEventStore({ url, logger: pino({ level: 'silent' }) });

describe('duels in which two do something at once, in one process', () => {
  let deployment: Deployment;
  let store: EventStore;
  beforeAll(async () => {
    const database = await createTestDatabase();
    store = await openStore(database.url);
    const { address, rally } = await startStandalone({
      DATABASE_URL: database.url,
      JWT_SECRET: 'a secret of the tests, which is long enough',
      ...RACE_SETTINGS,
    });
    const stop = async () => {
      await rally.stop();
      await store.close();
      await database.drop();
    };
    deployment = { addresses: [address], stop };
  });
  afterAll(() => deployment?.stop());
  describeRaces(TRIOS_IN_ONE_PROCESS, () => ({ deployment, store }));
});

describeWithNats('duels in which two do something at once, in processes of their own', () => {
  let deployment: Deployment;
  let store: EventStore;
  beforeAll(async () => {
    const distributed = await startDistributed(RACE_SETTINGS);
    deployment = distributed;
    store = await openStore(distributed.databaseUrl);
  });
  afterAll(async () => {
    await store?.close();
    await deployment?.stop();
  });
  describeRaces(TRIOS, () => ({ deployment, store }));
});
