import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfiguration } from '../../platform/configuration/read-configuration.ts';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { openPostgresEventStore } from '../../platform/event-store/postgres/postgres-event-store.ts';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import { Parts } from '../../platform/service/service.ts';
import { standaloneConfiguration } from '../../standalone/configuration.ts';
import { startStandalone } from '../../standalone/start-standalone.ts';
import { signUp } from '../support/api-client.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const logger = pino({ level: 'silent' });
const parts = new Parts();
let database: TestDatabase;
let log: EventStore;
let address: string;
beforeAll(async () => {
  database = await createTestDatabase();
  const configuration = readConfiguration(standaloneConfiguration, {
    PORT: '0',
    DATABASE_URL: database.url,
    JWT_SECRET: randomUUID(),
  });
  const context = {
    opsAddress: '',
    logger,
    metrics: new Registry(),
    tracing: null,
    parts,
    addProcess: () => {},
    fail: () => {},
  };
  const { gateway } = await startStandalone(configuration, context, () => {});
  address = gateway.address;
  log = await openPostgresEventStore({ url: database.url, logger });
});
afterAll(async () => {
  await log?.close();
  await parts.stop();
  await database.drop();
});

it('all is marked as read up to what had been pushed when it was asked for, and answered when that can be seen', async () => {
  const ann = await signUp(address, 'Ann');
  const [registered] = await log.readStream(streamOf('user', ann.username), {
    direction: 'forwards',
    limit: 1,
  });
  expect(await ann.post('/notifications/mark_all_as_read')).toMatchObject({ status: 200 });
  const [marked, ...more] = await log.readStream(streamOf('inbox', ann.username), {
    direction: 'forwards',
    limit: 10,
  });
  expect(marked?.event.data).toMatchObject({ reader: ann.username, upTo: String(registered?.position) });
  expect(more).toEqual([]);
  const page = await ann.request('GET', '/self', undefined, { 'x-rally-after': String(marked?.position) });
  expect(page.status).toBe(200);
});
