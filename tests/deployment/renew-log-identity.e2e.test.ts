import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { openEventStoreDb } from '../../platform/event-store/eventstoredb/open-eventstoredb.ts';
import { openPostgresEventStore } from '../../platform/event-store/postgres/postgres-event-store.ts';
import { EventStoreDbDouble } from '../eventstoredb-double/double.ts';
import { spawnRally } from '../support/rally-process.ts';
import { createTestDatabase } from '../support/test-database.ts';

const logger = pino({ level: 'silent' });

async function renew(environment: Readonly<Record<string, string>>) {
  const renewing = spawnRally('projection-service/renew-log-identity.js', environment);
  return { code: await renewing.exited, output: renewing.output() };
}

it('an operator renews the identity of a log in PostgreSQL', async () => {
  const database = await createTestDatabase();
  const store = await openPostgresEventStore({ url: database.url, logger });
  onTestFinished(async () => {
    await store.close();
    await database.drop();
  });
  const before = await store.identity();
  const { code, output } = await renew({ DATABASE_URL: database.url });
  const after = await store.identity();
  expect(after).not.toBe(before);
  expect({ code, output }).toEqual({ code: 0, output: `The identity of the log is ${after} from now on.\n` });
});

it('an operator renews the identity of a log in EventStoreDB', async () => {
  const double = new EventStoreDbDouble();
  await double.start();
  const store = openEventStoreDb({ url: double.url });
  onTestFinished(async () => {
    await store.close();
    await double.kill();
  });
  const before = await store.identity();
  const { code, output } = await renew({ EVENT_STORE: 'eventstoredb', EVENTSTORE_URL: double.url });
  const after = await store.identity();
  expect(after).not.toBe(before);
  expect({ code, output }).toEqual({ code: 0, output: `The identity of the log is ${after} from now on.\n` });
});

it.each([
  [{}, 'renew-log-identity: DATABASE_URL: is required with EVENT_STORE=postgres\n'],
  [{ EVENT_STORE: 'x' }, /^renew-log-identity: EVENT_STORE: [^\n]*\n$/],
])('what is missing is said in one line: %j', async (environment, expected) => {
  const { code, output } = await renew({ ...environment });
  expect(code).toBe(1);
  expect(output).toMatch(expected);
});
