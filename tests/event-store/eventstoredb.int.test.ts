import { describe } from 'vitest';
import { openEventStoreDb } from '../../platform/event-store/eventstoredb/open-eventstoredb.ts';
import { EventStoreDbDouble } from '../eventstoredb-double/double.ts';
import { describeEventStoreContract } from './event-store-contract.ts';

const { EVENTSTORE_URL } = process.env;
/** A thousand appends at once, then as many reads, on a machine that has much else to do. */
const PATIENT = { timeoutMs: 15_000 };

describeEventStoreContract('EventStoreDB, by its double,', async () => {
  const double = new EventStoreDbDouble();
  await double.start();
  return {
    openStore: async (retention = {}) => openEventStoreDb({ url: double.url, retention, ...PATIENT }),
    scavenge: () => double.log.scavenge(),
    stop: async () => double.kill(),
  };
});

describe.runIf(EVENTSTORE_URL)('on a real server', () => {
  describeEventStoreContract('EventStoreDB', async () => ({
    openStore: async (retention = {}) =>
      openEventStoreDb({ url: EVENTSTORE_URL ?? '', retention, ...PATIENT }),
    stop: async () => {},
  }));
});

describe.skipIf(EVENTSTORE_URL)(
  'EventStoreDB on a real server: SKIPPED, set EVENTSTORE_URL to run it',
  () => {
    describe.todo('the event store contract');
  },
);
