import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Column,
  lines,
  listIn,
  lists,
  numbers,
  optionalLines,
  texts,
} from '../../read-models/columns.ts';
import { openReadSides, type ReadSides } from '../projection-service/read-side.ts';

describe('columns', () => {
  let sides: ReadSides;
  let pool: pg.Pool;
  beforeAll(async () => {
    sides = await openReadSides();
    pool = sides.pool;
  });
  afterAll(() => sides.close());

  const read = async ({ array, parameter }: Column): Promise<unknown> =>
    (await pool.query(`select ${array.replace('?', '$1')} as values`, [parameter])).rows[0].values;
  const itself = (value: string): string => value;

  it.each([
    [['a']],
    [['a', 'b', 'a']],
    [['NULL', 'null', '{}', '"', '\\', "'", ',', ' ', '\t', '\r', '\\n', '🂡', '{"a":"\\n\\""}']],
  ])('lines keep %j as they are', async (values) => {
    expect(await read(lines('text', values, itself))).toEqual(values);
  });

  it.each([[[null]], [[null, 1, null]], [[{ a: '\\N' }, '\\N', null]]])(
    'optional lines keep %j',
    async (values) => {
      const json = (value: unknown) => (value === null ? null : JSON.stringify(value));
      expect(await read(optionalLines('jsonb', values, json))).toEqual(values);
    },
  );

  it.each([[['']], [['', '']], [['a', '', '\n', 'NULL', '\\', '"', '{}']]])(
    'texts keep even %j',
    async (values) => {
      expect(await read(texts(values, itself))).toEqual(values);
    },
  );

  it('lists keep each its keys, in order, or none', async () => {
    const values = [[], ['a'], ['b', 'a', 'b'], ['a.b@c+d-e_f'], []];
    const { array, parameter } = lists(values, (value) => value);
    const { rows } = await pool.query(
      `select ${listIn('r.list')} as list from unnest(${array.replace('?', '$1')}) r (list)`,
      [parameter],
    );
    expect(rows.map(({ list }) => list)).toEqual(values);
  });

  it('numbers keep their size and sign', async () => {
    const values = [2n ** 63n - 1n, -1n, 0n];
    expect(await read(numbers('bigint', values, (value) => value))).toEqual(values.map(String));
    expect(await read(numbers('integer', [-5], (value) => value))).toEqual([-5]);
  });
});
