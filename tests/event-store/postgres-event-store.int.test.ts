import { pino } from 'pino';
import { openPostgresEventStore } from '../../platform/event-store/postgres/postgres-event-store.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { describeEventStoreContract } from './event-store-contract.ts';

const logger = pino({ level: 'silent' });

describeEventStoreContract('PostgreSQL', async () => {
  const database = await createTestDatabase();
  return {
    openStore: (retention = {}) =>
      openPostgresEventStore({ url: database.url, logger, retention, trimEveryMs: 20 }),
    stop: () => database.drop(),
  };
});
