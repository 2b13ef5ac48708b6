import pg from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openPostgresEventStore } from '../../platform/event-store/postgres/postgres-event-store.ts';
import { troubleWith } from '../../platform/postgres/assert-usable-server.ts';
import { connectionConfig } from '../../platform/postgres/connection.ts';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import { migrateReadModels } from '../../read-models/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const logger = pino({ level: 'silent' });
let database: TestDatabase;
let name: string;
beforeAll(async () => {
  database = await createTestDatabase();
  name = new URL(database.url).pathname.slice(1);
});
afterAll(() => database.drop());

const open = (url: string, options = {}): pg.Pool =>
  createPostgresPool({ url, applicationName: 'rally tests', max: 1, logger, ...options });

/** What the server says of a connection of ours, by the settings' names. */
async function shown(pool: pg.Pool, names: readonly string[]): Promise<Record<string, string>> {
  const { rows } = await pool.query<{ name: string; value: string }>(
    'select name, current_setting(name) as value from unnest($1::text[]) as name',
    [names],
  );
  return Object.fromEntries(rows.map((row) => [row.name, row.value]));
}

describe('the environment of a developer', () => {
  afterEach(() => void vi.unstubAllEnvs());

  it.each([
    ['PGHOST', 'nowhere.invalid'],
    ['PGPORT', '1'],
    ['PGUSER', 'somebody'],
    ['PGPASSWORD', 'hunter2'],
    ['PGDATABASE', 'elsewhere'],
    ['PGSSLMODE', 'require'],
    ['PGSSLNEGOTIATION', 'direct'],
    ['PGOPTIONS', '-c statement_timeout=1'],
    ['PGAPPNAME', 'psql'],
    ['PGCLIENT_ENCODING', 'LATIN1'],
    ['USER', 'somebody'],
  ])('has no say in a connection: %s=%s', async (variable, value) => {
    vi.stubEnv(variable, value);
    const pool = open(database.url);
    const settings = ['application_name', 'client_encoding', 'statement_timeout', 'ssl'];
    expect(await shown(pool, settings)).toMatchObject({
      application_name: 'rally tests',
      client_encoding: 'UTF8',
      statement_timeout: '0',
    });
    const { rows } = await pool.query(
      'select current_user::text as user, current_database()::text as database',
    );
    expect(rows).toEqual([{ user: 'postgres', database: name }]);
    await pool.end();
  });

  it('does not fill in what DATABASE_URL leaves out', () => {
    for (const variable of ['PGHOST', 'PGPORT', 'PGUSER', 'PGPASSWORD', 'PGDATABASE'])
      vi.stubEnv(variable, '1');
    vi.stubEnv('USER', 'somebody');
    const client = new pg.Client(connectionConfig({ url: 'postgres://', applicationName: 'rally' }));
    const { host, port, user, database } = client;
    expect({ host, port }).toEqual({ host: 'localhost', port: 5432 });
    expect(user).not.toMatch(/^(1|somebody)$/);
    expect(database).toBe(user);
    expect(client.password).not.toBe('1');
  });
});

describe('DATABASE_URL', () => {
  const configured = (url: string) => connectionConfig({ url, applicationName: 'rally' });

  it.each([
    ['postgres://h/d', false],
    ['postgres://h/d?sslmode=disable', false],
    ['postgres://h/d?sslmode=no-verify', { rejectUnauthorized: false }],
    ['postgres://h/d?ssl=no-verify', { rejectUnauthorized: false }],
    ['postgres://h/d?ssl=true', true],
    ['postgres://h/d?ssl=require', true],
    ['postgres://h/d?sslmode=verify-full', {}],
  ])('%s says how to encrypt, and nothing else does', (url, ssl) => {
    vi.stubEnv('PGSSLMODE', 'no-verify');
    expect(configured(url).ssl).toEqual(ssl);
    vi.unstubAllEnvs();
  });

  it('may bring settings of its own, which come beside those that Rally needs', async () => {
    const url = new URL(database.url);
    url.searchParams.set('options', '-c geqo=off -c DateStyle=German');
    const pool = open(url.href, { settings: { jit: 'off' } });
    expect(await shown(pool, ['geqo', 'jit', 'DateStyle'])).toEqual({
      geqo: 'off',
      jit: 'off',
      DateStyle: 'ISO, YMD',
    });
    await pool.end();
  });
});

describe('a database whose owner prefers other defaults', () => {
  /** Each of them breaks something of Rally's where it reaches a connection. */
  const PREFERRED: Readonly<Record<string, string>> = {
    DateStyle: 'SQL, DMY',
    IntervalStyle: 'iso_8601',
    TimeZone: 'Asia/Tokyo',
    bytea_output: 'escape',
    extra_float_digits: '-3',
    standard_conforming_strings: 'off',
    transform_null_equals: 'on',
    search_path: 'elsewhere',
    default_transaction_isolation: 'serializable',
    default_transaction_read_only: 'on',
    default_transaction_deferrable: 'on',
    synchronous_commit: 'off',
    statement_timeout: '1ms',
    lock_timeout: '1ms',
    idle_in_transaction_session_timeout: '1ms',
    idle_session_timeout: '1ms',
    client_encoding: 'LATIN1',
  };
  let pool: pg.Pool;
  beforeAll(async () => {
    const other = await createTestDatabase();
    const client = new pg.Client(other.url);
    await client.connect();
    const called = new URL(other.url).pathname.slice(1);
    for (const [setting, value] of Object.entries(PREFERRED)) {
      const quoted = setting === 'search_path' ? value : client.escapeLiteral(value);
      await client.query(`alter database ${called} set ${setting} = ${quoted}`);
    }
    await client.end();
    pool = open(other.url);
    return async () => {
      await pool.end();
      await other.drop();
    };
  });

  it.each(Object.entries(PREFERRED))('%s = %s reaches no connection', async (setting, value) => {
    const { [setting]: ours } = await shown(pool, [setting]);
    expect(ours).not.toBe(value);
  });

  it('reads and writes times, bytes and letters as everywhere', async () => {
    const { rows } = await pool.query(
      `select timestamptz '2026-03-04 05:06:07.089Z' as time, '\\xc3a9'::bytea as bytes, 'é😀'::text as letters,
        0.1::float8 as number, current_setting('transaction_isolation') as isolation`,
    );
    expect(rows).toEqual([
      {
        time: new Date('2026-03-04T05:06:07.089Z'),
        bytes: Buffer.from('é'),
        letters: 'é😀',
        number: 0.1,
        isolation: 'read committed',
      },
    ]);
  });
});

describe('a server that cannot keep what Rally writes', () => {
  it.each([
    [{ version: 130_014, encoding: 'UTF8', database: 'rally' }, /^PostgreSQL 13 is too old, Rally needs 15/],
    [
      { version: 150_020, encoding: 'LATIN1', database: 'rally' },
      /rally is encoded in LATIN1, Rally needs UTF8/,
    ],
    [{ version: 180_004, encoding: 'SQL_ASCII', database: 'rally' }, /encoded in SQL_ASCII/],
  ])('is refused by its name: %j', (server, message) => expect(troubleWith(server)).toMatch(message));

  it('is one whose release and encoding are right otherwise', () => {
    expect(troubleWith({ version: 150_000, encoding: 'UTF8', database: 'rally' })).toBeNull();
  });

  it('is found out before the log or the read models are made in it', async () => {
    const admin = new pg.Client(database.url);
    await admin.connect();
    const latin = `${name}_latin1`;
    await admin.query(
      `create database ${latin} encoding 'LATIN1' template template0 locale_provider libc locale 'C'`,
    );
    const url = new URL(database.url);
    url.pathname = `/${latin}`;
    const refusal = `DATABASE_URL: the database ${latin} is encoded in LATIN1`;
    await expect(openPostgresEventStore({ url: url.href, logger })).rejects.toThrow(refusal);
    const pool = open(url.href);
    await expect(migrateReadModels(pool, 'read')).rejects.toThrow(refusal);
    const schemas = await pool.query(`select from pg_namespace where nspname in ('event_log', 'read')`);
    expect(schemas.rowCount).toBe(0);
    await pool.end();
    await admin.query(`drop database ${latin} with (force)`);
    await admin.end();
  });
});
