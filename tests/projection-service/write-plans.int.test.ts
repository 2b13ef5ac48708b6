import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CostedPlan, rowsRead } from '../read-models/statement-plans.ts';
import { openReadSides, type ReadSide, type ReadSides } from './read-side.ts';
import { Story } from './story.ts';

const MANY = 20_000;

/** Of a write that changes a few rows. */
const ROWS_READ = 300;
const PAGES_LOOKED_AT = 600;

/** Of a test that nobody looks for by these names. */
const OTHERS = [
  `insert into sessions select gen_random_uuid(), 'other' || n, gen_random_uuid(), gen_random_uuid(), now() from generate_series(1, ${MANY}) n`,
  `insert into departures select 'other' || n, now() from generate_series(1, ${MANY}) n`,
  `insert into duels (invitation_id, inviter_key, invitee_key, inviter_is_engaged, has_seat, expires_at, due_at)
    select gen_random_uuid(), 'other' || n, 'another' || n, true, false, now(), now() from generate_series(1, ${MANY}) n`,
  `insert into username_prefixes select 'other' || n, is_online, 'x' || n, 'other' || n
    from generate_series(1, ${MANY}) n, unnest(array[true, false]) is_online`,
];

describe('a write', () => {
  let sides: ReadSides;
  beforeAll(async () => {
    sides = await openReadSides();
  });
  afterEach(() => {
    vi.restoreAllMocks();
    return sides.release();
  });
  afterAll(() => sides.close());

  it('finds its rows by an index each, also when it was planned while there were none', async () => {
    const side = await sides.open();
    const story = new Story().signsUpAs('Ann', 'Nina').signsUpAs('Bob', 'Nick');
    await side.project(story.events);
    let folded = story.events.length;
    const goOn = async () => {
      await side.project(story.events.slice(folded));
      folded = story.events.length;
    };
    const life = async (name: string, other: string) => {
      const tabs = [story.opens(name), story.opens(name)];
      const invitation = story.invites(name, other);
      await goOn();
      story.drops(name, tabs[0] ?? '');
      await goOn();
      story.drops(name, tabs[1] ?? '');
      await goOn();
      story.goes(name);
      await goOn();
      story.duel(invitation, 'InviteCancelled', name, 'gone');
      await goOn();
    };
    await side.rows('delete from username_prefixes');
    await side.rows('vacuum analyze');
    await life('Ann', 'Bob');
    for (const statement of OTHERS) await side.rows(statement);
    const plans = explainWrites(side);
    await life('Bob', 'Ann');
    expect(plans).toHaveLength(5);
    for (const plan of plans) {
      expect(rowsRead(plan)).toBeLessThan(ROWS_READ);
      expect(plan['Shared Hit Blocks'] + plan['Shared Read Blocks']).toBeLessThan(PAGES_LOOKED_AT);
    }
    for (const table of ['sessions', 'departures', 'duels'])
      expect(await side.rows(`select from ${table} where ${table}::text like '%bob%'`)).toEqual([]);
  });
});

/** As they are planned by then, each before it is made. */
function explainWrites({ leadership: { client } }: ReadSide): CostedPlan[] {
  const plans: CostedPlan[] = [];
  const { query } = client;
  vi.spyOn(client, 'query').mockImplementation(async (asked: unknown) => {
    const ask = (statement: unknown) => Reflect.apply(query, client, [statement]);
    if (isWrite(asked)) {
      await ask('begin');
      const { rows } = await ask(
        `explain (analyze, buffers, format json) execute "${asked.name}" (${asked.values.map(literalOf).join()})`,
      );
      await ask('rollback');
      plans.push(rows[0]['QUERY PLAN'][0].Plan);
    }
    return ask(asked);
  });
  return plans;
}

const isWrite = (asked: unknown): asked is { name: string; values: unknown[] } =>
  typeof asked === 'object' &&
  asked !== null &&
  'text' in asked &&
  String(asked.text).startsWith('with fence') &&
  'name' in asked;

const literalOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (!Array.isArray(value)) return pg.escapeLiteral(String(value));
  return pg.escapeLiteral(`{${value.map((each) => JSON.stringify(each)).join()}}`);
};
