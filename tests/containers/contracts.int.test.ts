import { pino } from 'pino';
import { describe, it, vi } from 'vitest';
import { openEventStoreDb } from '../../platform/event-store/eventstoredb/open-eventstoredb.ts';
import { openPostgresEventStore } from '../../platform/event-store/postgres/postgres-event-store.ts';
import { connectNatsBus } from '../../platform/message-bus/nats/nats-bus.ts';
import { describeEventStoreContract } from '../event-store/event-store-contract.ts';
import { describeMessageBusContract } from '../message-bus/message-bus-contract.ts';
import { whyNoContainers } from './engine.ts';
import { startEventStoreDb, startNats, startPostgres } from './infrastructure.ts';

const logger = pino({ level: 'silent' });
const skipped = await whyNoContainers();

/** For images that have to be pulled first. */
vi.setConfig({ hookTimeout: 10 * 60_000 });

if (skipped)
  describe.skip(`the contracts on servers in containers: ${skipped}`, () => {
    it('the event store contract on EventStoreDB and on PostgreSQL', () => {});
    it('the message bus contract on NATS', () => {});
  });
else {
  describeEventStoreContract('EventStoreDB in a container', async () => {
    const { url, stop } = await startEventStoreDb();
    return { openStore: async (retention = {}) => openEventStoreDb({ url, retention }), stop };
  });

  describeEventStoreContract('PostgreSQL in a container', async () => {
    const { url, stop } = await startPostgres();
    return {
      openStore: (retention = {}) => openPostgresEventStore({ url, logger, retention, trimEveryMs: 20 }),
      stop,
    };
  });

  describeMessageBusContract('NATS in a container', async () => {
    const { url, stop } = await startNats();
    return { connect: () => connectNatsBus({ url, name: 'test', logger }), stop };
  });
}
