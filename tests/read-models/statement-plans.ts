import pg from 'pg';
import { expect, vi } from 'vitest';
import { PAGE_PLANNING } from '../../platform/postgres/prepared-dialect.ts';
import type { ReadModels } from '../../read-models/read-models.ts';

/** Pages of 8 KiB that one answer may look at, however much there is. */
export const PAGES_LOOKED_AT = 600;
/** Rows that a page may be made of, and steps of the plan that each may go through. */
export const ROWS_READ = 200;
export const STEPS_PER_ROW = 5;

export const cursor = (list: string, place: (string | number)[]): string =>
  Buffer.from(JSON.stringify([list, place])).toString('base64url');

/** Of the statements that it takes, mostly one, however the server chooses to plan them. */
export async function plansOf(
  models: ReadModels,
  pool: pg.Pool,
  ask: (models: ReadModels) => Promise<unknown>,
  count = 1,
): Promise<CostedPlan[]> {
  const asked = vi.spyOn(pg.Client.prototype, 'query');
  await ask(models);
  const statements = asked.mock.calls.map(([asked, values]) => statementOf(asked, values));
  asked.mockRestore();
  expect(statements).toHaveLength(count);
  return Promise.all(
    statements.flatMap((statement) =>
      ['force_custom_plan', 'force_generic_plan'].map((mode) => planOf(pool, statement, mode)),
    ),
  );
}

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  /** Of each loop. */
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Join Filter'?: number;
  readonly Plans?: readonly Plan[];
}

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** As the driver got it: a prepared statement, or text and values. */
const statementOf = (asked: unknown, values: unknown): Statement =>
  typeof asked === 'object' && asked && 'text' in asked && 'values' in asked
    ? { text: String(asked.text), values: [asked.values].flat() }
    : { text: String(asked), values: [values].flat() };

/** A prepared statement is planned for its values at first, and later perhaps once for all. */
async function planOf(pool: pg.Pool, { text, values }: Statement, mode: string): Promise<CostedPlan> {
  const client = await pool.connect();
  try {
    for (const [name, value] of Object.entries({ ...PAGE_PLANNING, plan_cache_mode: mode })) {
      await client.query(`set ${name} = ${value}`);
    }
    await client.query(`prepare looked_at as ${text}`);
    const literals = values.map(literalOf);
    const { rows } = await client.query(
      `explain (analyze, buffers, format json) execute looked_at ${literals.length > 0 ? `(${literals.join()})` : ''}`,
    );
    return rows[0]['QUERY PLAN'][0].Plan;
  } finally {
    client.release(true);
  }
}

const literalOf = (value: unknown): string => {
  if (value === null) return 'null';
  return pg.escapeLiteral(Array.isArray(value) ? `{${value.join()}}` : String(value));
};

export interface CostedPlan extends Plan {
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
}

/** By all steps of the plan together, also those that a step passes over. */
export function rowsRead(plan: Plan): number {
  const passedOver = (plan['Rows Removed by Filter'] ?? 0) + (plan['Rows Removed by Join Filter'] ?? 0);
  const here = (plan['Actual Rows'] + passedOver) * plan['Actual Loops'];
  return (plan.Plans ?? []).reduce((sum, part) => sum + rowsRead(part), here);
}

/** They are read as they are. */
const OF_ONE_ROW = ['checkpoints', 'feed_floor'];

export function scans(plan: Plan): string[] {
  const here = plan['Node Type'] === 'Seq Scan' && !OF_ONE_ROW.includes(plan['Relation Name'] ?? '');
  return [...(here ? [String(plan['Relation Name'])] : []), ...(plan.Plans ?? []).flatMap(scans)];
}
