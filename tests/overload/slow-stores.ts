import { pino } from 'pino';
import type { TestContext } from 'vitest';
import { type EventStore, NO_STREAM } from '../../platform/event-store/event-store.ts';
import { openEventStoreDb } from '../../platform/event-store/eventstoredb/open-eventstoredb.ts';
import { openPostgresEventStore } from '../../platform/event-store/postgres/postgres-event-store.ts';
import { freshStream, messageSent } from '../event-store/events.ts';
import { EventStoreDbDouble } from '../eventstoredb-double/double.ts';
import { openDatabaseLink } from '../support/link.ts';
import { createTestDatabase } from '../support/test-database.ts';

/** A store whose server can be made slow: then what it can do depends on that, and not on the machine. Closed by the test's end. */
export interface SlowableStore {
  readonly store: EventStore;
  /** How late each of the server's answers is. */
  setDelay(delayMs: () => number): void;
}

/** Of the test that opens one: several may run at the same time. */
type OnTestFinished = TestContext['onTestFinished'];

/** How late each answer of a slow store is, in milliseconds. */
export const late = () => 50 + 450 * Math.random();
export const inTime = () => 0;

/** In one transaction, of which two are under way: 16 appends at once, as to EventStoreDB. */
const EVENTS_AT_ONCE = 8;

export async function openSlowablePostgres(onTestFinished: OnTestFinished): Promise<SlowableStore> {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const connection = await openDatabaseLink(database.url);
  onTestFinished(() => connection.close());
  const logger = pino({ level: 'silent' });
  const store = await openPostgresEventStore({ url: connection.url, logger, maxBatchEvents: EVENTS_AT_ONCE });
  onTestFinished(() => store.close());
  return {
    store,
    setDelay(delayMs) {
      connection.delayMs = delayMs;
    },
  };
}

export async function openSlowableEventStoreDb(
  onTestFinished: OnTestFinished,
): Promise<SlowableStore & { readonly double: EventStoreDbDouble }> {
  const double = new EventStoreDbDouble();
  await double.start();
  onTestFinished(() => double.kill());
  const store = openEventStoreDb({ url: double.url });
  onTestFinished(() => store.close());
  return {
    store,
    double,
    setDelay(delayMs) {
      double.faults.answerDelayMs = delayMs;
    },
  };
}

const CALLERS = 64;

/** Appends in a second, while there are always some that wait. */
export async function capacityOf(store: EventStore, seconds: number): Promise<number> {
  const until = performance.now() + seconds * 1000;
  let appended = 0;
  const call = async () => {
    while (performance.now() < until) {
      await store.append(freshStream(), NO_STREAM, [messageSent()]);
      if (performance.now() < until) appended += 1;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, call));
  return appended / seconds;
}
