import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Gateway } from '../../gateway/start-gateway.ts';
import { readConfiguration } from '../../platform/configuration/read-configuration.ts';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import { Parts } from '../../platform/service/service.ts';
import { READ_SCHEMA } from '../../read-models/schema-name.ts';
import { standaloneConfiguration } from '../../standalone/configuration.ts';
import { startStandalone } from '../../standalone/start-standalone.ts';
import { ApiClient, PASSWORD, signUp, type User } from '../support/api-client.ts';
import { eventually } from '../support/patience.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const logger = pino({ level: 'silent' });
const parts = new Parts();
let database: TestDatabase;
let gateway: Gateway;
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
  ({ gateway } = await startStandalone(configuration, context, () => {}));
});
afterAll(async () => {
  await parts.stop();
  await database.drop();
});

it('pages that the database does not answer keep no session, login or resume waiting', async () => {
  const { address } = gateway;
  const crowd: User[] = [];
  for (let one = 0; one < 10; one += 1) crowd.push(await signUp(address));
  const bob = await signUp(address, 'Bob');
  const pool = createPostgresPool({ url: database.url, applicationName: 'test', max: 2, logger });
  const holder = await pool.connect();
  await holder.query(`begin; lock table ${READ_SCHEMA}.chats in access exclusive mode`);

  let over = false;
  const askAgainAndAgain = async (user: User) => {
    while (!over) await user.get('/chats');
  };
  const stuck = [...crowd, ...crowd, ...crowd].map(askAgainAndAgain);
  await eventually(async () => expect(await waitingForTheLock()).toBeGreaterThanOrEqual(6));
  const login = new ApiClient(address).post('/login', { username: bob.username, password: PASSWORD });
  expect((await login).status).toBe(200);
  expect((await bob.post('/refresh')).status).toBe(204);
  expect((await bob.delete('/logout')).status).toBe(204);
  expect(await gateway.notReady()).toBeNull();

  over = true;
  await holder.query('rollback');
  await Promise.all(stuck);
  expect((await crowd[0]?.get('/chats'))?.status).toBe(200);
  holder.release();
  await pool.end();

  async function waitingForTheLock(): Promise<number> {
    const { rows } = await pool.query(
      `select count(*)::integer as sessions from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows[0].sessions;
  }
});
