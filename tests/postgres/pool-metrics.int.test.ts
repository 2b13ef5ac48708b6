import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import { silent } from '../projection-service/read-side.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it('tells of the connections of each pool: open, idle, waited for', async () => {
  const metrics = new Registry();
  const open = (applicationName: string, max: number) =>
    createPostgresPool({ url: database.url, applicationName, max, logger: silent, metrics });
  const [narrow, wide] = [open('narrow', 1), open('wide', 2)];
  const held = await narrow.connect();
  const waiting = narrow.query('select 1');
  await wide.query('select 1');
  const values = async () => {
    const lines = (await metrics.metrics()).split('\n').filter((line) => line.startsWith('rally_'));
    return Object.fromEntries(lines.map((line) => line.replace('rally_postgres_pool_', '').split(' ')));
  };
  expect(await values()).toEqual({
    'connections{pool="narrow"}': '1',
    'connections{pool="wide"}': '1',
    'idle_connections{pool="narrow"}': '0',
    'idle_connections{pool="wide"}': '1',
    'waiting{pool="narrow"}': '1',
    'waiting{pool="wide"}': '0',
    'connections_limit{pool="narrow"}': '1',
    'connections_limit{pool="wide"}': '2',
  });
  held.release();
  await waiting;
  await Promise.all([narrow.end(), wide.end()]);
  expect(await values()).toEqual({});
});
