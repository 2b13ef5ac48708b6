import { booleans, numbers, texts } from '../columns.ts';
import type { TableWrite } from '../room.ts';
import { beginnings } from '../user-key.ts';
import type { UsersTable } from './tables.ts';

/** By what a search finds a user, and where in its pages. */
type Found = Pick<UsersTable, 'user_key' | 'nickname_key' | 'is_online'>;

/** What searches go by, as far as it has changed since the last write. */
export class SearchRows {
  /** How many users more or fewer each beginning of a name finds. */
  #moved = new Map<string, number>();
  /** Those found by their username alone, as they were and as they are; whether they are so still. */
  #byUsername = new Map<string, { readonly found: Found; readonly isThere: boolean }>();

  /** `before`: as this left it the last time; null: nobody yet. */
  replace(before: Found | null, after: Found): void {
    if (before?.nickname_key !== after.nickname_key) {
      if (before) this.#count(before, -1);
      this.#count(after, 1);
    } else if (before.is_online === after.is_online) return;
    if (before) this.#setByUsername(before, false);
    this.#setByUsername(after, true);
  }

  /** Nobody finds the user any more. */
  remove(before: Found): void {
    this.#count(before, -1);
    this.#setByUsername(before, false);
  }

  /** A beginning has a row while it finds anybody, however events are cut into writes: none is left of a name that was given up. */
  takeWrites(): TableWrite[] {
    const moved = [...this.#moved];
    const byUsername = [...this.#byUsername.values()];
    this.#moved = new Map();
    this.#byUsername = new Map();
    const more = moved.filter(([, users]) => users > 0);
    const fewer = moved.filter(([, users]) => users < 0);
    const foundThatAre = (there: boolean) =>
      byUsername.filter(({ isThere }) => isThere === there).map(({ found }) => found);
    return [
      addToPrefixes(more),
      takeFromPrefixes(fewer),
      deletePrefixes(fewer),
      insertByUsername(foundThatAre(true)),
      deleteByUsername(foundThatAre(false)),
    ];
  }

  /** A beginning that username and nickname share is counted once: it finds the user once. */
  #count({ user_key, nickname_key }: Found, users: number): void {
    for (const prefix of new Set([...beginnings(user_key), ...beginnings(nickname_key)]))
      this.#moved.set(prefix, (this.#moved.get(prefix) ?? 0) + users);
  }

  #setByUsername(found: Found, isThere: boolean): void {
    const { user_key, nickname_key, is_online } = found;
    if (nickname_key.startsWith(user_key)) return;
    this.#byUsername.set(JSON.stringify([user_key, nickname_key, is_online]), { found, isThere });
  }
}

type Moved = readonly (readonly [prefix: string, users: number])[];

const addToPrefixes = (rows: Moved): TableWrite => ({
  name: 'user_prefixes',
  sql: `insert into user_prefixes as old (prefix, users)
    select r.* from fence, :rows r
    on conflict (prefix) do update set users = old.users + excluded.users`,
  ...movedColumns(rows),
});

/** This one and the next see the same rows, those from before: each takes its own part of them. */
const takeFromPrefixes = (rows: Moved): TableWrite => ({
  name: 'user_prefixes_fewer',
  sql: `update user_prefixes p set users = p.users + r.users
    from fence, :rows r (prefix, users) where p.prefix = r.prefix and p.users + r.users <> 0`,
  ...movedColumns(rows),
});

const deletePrefixes = (rows: Moved): TableWrite => ({
  name: 'user_prefixes_gone',
  sql: `delete from user_prefixes p
    using fence, :rows r (prefix, users) where p.prefix = r.prefix and p.users + r.users = 0`,
  ...movedColumns(rows),
});

const movedColumns = (rows: Moved): Pick<TableWrite, 'rows' | 'columns'> => ({
  rows: rows.length,
  columns: [texts(rows, ([prefix]) => prefix), numbers('integer', rows, ([, users]) => users)],
});

/** The rows of each who is found: one for each beginning of the username with which the nickname does not begin. */
const ROWS_OF_FOUND = `select left(f.user_key, length) as prefix, f.is_online, f.nickname_key, f.user_key
  from :rows f (user_key, nickname_key, is_online), generate_series(1, length(f.user_key)) length
  where not starts_with(f.nickname_key, left(f.user_key, length))`;

/** They may be there already, when they went and came back since the last write. */
const insertByUsername = (found: readonly Found[]): TableWrite => ({
  name: 'username_prefixes_set',
  sql: `insert into username_prefixes (prefix, is_online, nickname_key, user_key)
    select r.* from fence, (${ROWS_OF_FOUND}) r on conflict do nothing`,
  ...foundColumns(found),
});

const deleteByUsername = (found: readonly Found[]): TableWrite => ({
  name: 'username_prefixes_gone',
  sql: `delete from username_prefixes p using fence where p.ctid = any(array(
    select found.ctid from (${ROWS_OF_FOUND}) r, lateral (
      select ctid from username_prefixes o
      where (o.prefix, o.is_online, o.nickname_key, o.user_key) = (r.prefix, r.is_online, r.nickname_key, r.user_key) offset 0
    ) found))`,
  ...foundColumns(found),
});

const foundColumns = (found: readonly Found[]): Pick<TableWrite, 'rows' | 'columns'> => ({
  rows: found.length,
  columns: [
    texts(found, (row) => row.user_key),
    texts(found, (row) => row.nickname_key),
    booleans(found, (row) => row.is_online),
  ],
});
