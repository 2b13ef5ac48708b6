import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../local-cluster/free-port.ts';
import { isUnavailable } from '../../platform/postgres/is-unavailable.ts';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const logger = pino({ level: 'silent' });
let database: TestDatabase;
let pool: pg.Pool;

const open = (url: string, options = {}) =>
  createPostgresPool({ url, applicationName: 'tests', max: 1, logger, ...options });

const failureOf = (failing: Promise<unknown>): Promise<unknown> =>
  failing.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );

beforeAll(async () => {
  database = await createTestDatabase();
  pool = open(database.url);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('says that the database is unavailable', () => {
  test('when nobody listens', async () => {
    const away = open(`postgres://postgres@127.0.0.1:${await freePort()}/postgres`);
    expect(isUnavailable(await failureOf(away.query('select 1')))).toBe(true);
    await away.end();
  });

  test('when the connection is ended', async () => {
    const failure = await failureOf(pool.query('select pg_terminate_backend(pg_backend_pid())'));
    expect(isUnavailable(failure)).toBe(true);
    expect((await pool.query('select 1')).rowCount).toBe(1);
  });

  test('when the connection of a client that somebody holds is ended', async () => {
    const held = await pool.connect();
    const ended = new Promise((resolve) => held.once('end', resolve));
    const failure = await failureOf(held.query('select pg_terminate_backend(pg_backend_pid())'));
    expect(isUnavailable(failure)).toBe(true);
    await ended;
    held.release();
    expect((await pool.query('select 1')).rowCount).toBe(1);
  });

  test('when the socket breaks in the middle of a query', async () => {
    const client = new pg.Client(database.url);
    client.on('error', () => {});
    await client.connect();
    const query = failureOf(client.query('select pg_sleep(10)'));
    void client.end();
    expect(isUnavailable(await query)).toBe(true);
    expect(isUnavailable(await failureOf(client.query('select 1')))).toBe(true);
  });

  test('when a statement takes too long', async () => {
    const hasty = open(database.url, { statementTimeoutMs: 300 });
    expect(isUnavailable(await failureOf(hasty.query('select pg_sleep(10)')))).toBe(true);
    expect((await hasty.query('select 1')).rowCount).toBe(1);
    await hasty.end();
  });

  test('when there is no free connection in time, or the pool is closed', async () => {
    const small = open(database.url, { connectTimeoutMs: 2000 });
    const client = await small.connect();
    expect(isUnavailable(await failureOf(small.query('select 1')))).toBe(true);
    client.release();
    await small.end();
    expect(isUnavailable(await failureOf(small.query('select 1')))).toBe(true);
  });
});

test.each(['selec', 'select 1/0', 'select * from nowhere', `select 'x'::uuid`, `select jsonb '"\\u0000"'`])(
  'says that a statement is wrong: %s',
  async (statement) => {
    expect(isUnavailable(await failureOf(pool.query(statement)))).toBe(false);
  },
);

test('an error of ours is not the database', () => {
  expect(isUnavailable(new TypeError('x is not a function'))).toBe(false);
  expect(isUnavailable('a string')).toBe(false);
});

test('bigints are bigints, and settings reach the server', async () => {
  const set = open(database.url, { settings: { default_transaction_isolation: 'repeatable read' } });
  const { rows } = await set.query(
    "select 9007199254740993::bigint as big, current_setting('transaction_isolation') as isolation",
  );
  expect(rows).toEqual([{ big: 9007199254740993n, isolation: 'repeatable read' }]);
  await set.end();
});
