import { Kysely, sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import { preparedDialect } from '../../platform/postgres/prepared-dialect.ts';
import { type Given, prepareQuery } from '../../platform/postgres/prepared-query.ts';
import { openDatabaseLink } from '../support/link.ts';
import { eventually } from '../support/patience.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it('is built once, and executed with the values of each time in their places', async () => {
  const { url } = database;
  const pool = createPostgresPool({
    url,
    applicationName: 'test',
    max: 1,
    logger: pino({ level: 'silent' }),
  });
  const db = new Kysely<object>({ dialect: preparedDialect(pool) });
  let built = 0;
  const ask = prepareQuery(db, (given: Given<{ word: string; times: number }>) => {
    built += 1;
    return db.selectNoFrom([
      sql<string>`repeat(${given('word')}, ${given('times')})`.as('repeated'),
      sql<string>`${'fixed '}::text || ${given('word')}::text`.as('joined'),
    ]);
  });
  expect(await ask({ word: 'ab', times: 2 })).toEqual([{ repeated: 'abab', joined: 'fixed ab' }]);
  const [first, second] = await Promise.all([
    ask({ word: 'x', times: 3 }),
    ask({ word: "'; drop", times: 1 }),
  ]);
  expect(first).toEqual([{ repeated: 'xxx', joined: 'fixed x' }]);
  expect(second).toEqual([{ repeated: "'; drop", joined: "fixed '; drop" }]);
  expect(built).toBe(1);
  const { rows } = await pool.query(
    'select generic_plans + custom_plans as times from pg_prepared_statements',
  );
  expect(rows).toEqual([{ times: 3n }]);
  await pool.end();
});

it('does not wait behind a query that was never answered, once the network is back', async () => {
  const way = await openDatabaseLink(database.url);
  const pool = createPostgresPool({
    url: way.url,
    applicationName: 'test',
    max: 1,
    statementTimeoutMs: 100,
    logger: pino({ level: 'silent' }),
  });
  const db = new Kysely<object>({ dialect: preparedDialect(pool) });
  const ask = () => db.selectNoFrom(sql<number>`1`.as('one')).executeTakeFirst();
  await eventually(ask);
  way.swallow();
  await expect(ask()).rejects.toThrow('Query read timeout');
  way.mend();
  expect(await eventually(ask)).toEqual({ one: 1 });
  await pool.end();
  await way.close();
});
