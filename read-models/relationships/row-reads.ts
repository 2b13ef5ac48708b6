import type { Database } from '../room.ts';

/** How one user, by key, stands to another. */
export interface StanceRow {
  readonly key: string;
  readonly towards: string;
  readonly blocks: boolean;
  readonly befriends: boolean;
}

/** Of all that are asked for, in any order, strangers too. */
export async function readStances(database: Database, asked: readonly Pick<StanceRow, 'key' | 'towards'>[]) {
  const { rows } = await database.query<StanceRow>({
    name: 'stances',
    text: `select key, towards,
        exists (select from blocks where blocker_key = key and blocked_key = towards) as blocks,
        exists (select from friendships where adder_key = key and friend_key = towards) as befriends
      from unnest($1::text[], $2::text[]) asked (key, towards)`,
    values: [asked.map(({ key }) => key), asked.map(({ towards }) => towards)],
  });
  return rows;
}

export async function readBlockers(database: Database, blocked: readonly string[]) {
  const { rows } = await database.query<{ blocker_key: string; blocked_key: string }>({
    name: 'blockers',
    text: 'select blocker_key, blocked_key from blocks where blocked_key = any($1::text[])',
    values: [blocked],
  });
  return rows;
}
