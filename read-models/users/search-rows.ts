import { numbers, type TableWrite, texts } from '../room.ts';
import { beginnings } from '../user-key.ts';
import type { UsernamePrefixesTable } from './tables.ts';

/** What searches go by, as far as it has changed since the last write. */
export class SearchRows {
  /** How many users more or fewer each beginning of a name finds. */
  #moved = new Map<string, number>();
  /** Those found by their username alone, by all columns; whether they are so still. */
  #byUsername = new Map<string, { readonly row: UsernamePrefixesTable; readonly isThere: boolean }>();

  /** A beginning that username and nickname share is counted once: it finds the user once. */
  add(userKey: string, nicknameKey: string): void {
    for (const prefix of new Set([...beginnings(userKey), ...beginnings(nicknameKey)]))
      this.#count(prefix, 1);
    this.#setByUsername(userKey, nicknameKey, true);
  }

  /** As `add` left it. */
  remove(userKey: string, nicknameKey: string): void {
    for (const prefix of new Set([...beginnings(userKey), ...beginnings(nicknameKey)]))
      this.#count(prefix, -1);
    this.#setByUsername(userKey, nicknameKey, false);
  }

  /** A beginning has a row while it finds anybody, however events are cut into writes: none is left of a name that was given up. */
  takeWrites(): TableWrite[] {
    const moved = [...this.#moved];
    const byUsername = [...this.#byUsername.values()];
    this.#moved = new Map();
    this.#byUsername = new Map();
    const more = moved.filter(([, users]) => users > 0);
    const fewer = moved.filter(([, users]) => users < 0);
    const rowsThatAre = (there: boolean) =>
      byUsername.filter(({ isThere }) => isThere === there).map(({ row }) => row);
    return [
      addToPrefixes(more),
      takeFromPrefixes(fewer),
      deletePrefixes(fewer),
      insertByUsername(rowsThatAre(true)),
      deleteByUsername(rowsThatAre(false)),
    ];
  }

  #count(prefix: string, users: number): void {
    this.#moved.set(prefix, (this.#moved.get(prefix) ?? 0) + users);
  }

  #setByUsername(user_key: string, nickname_key: string, isThere: boolean): void {
    for (const prefix of beginnings(user_key)) {
      if (nickname_key.startsWith(prefix)) continue;
      const row = { prefix, nickname_key, user_key };
      this.#byUsername.set(JSON.stringify(row), { row, isThere });
    }
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

/** They may be there already, when they went and came back since the last write. */
const insertByUsername = (rows: readonly UsernamePrefixesTable[]): TableWrite => ({
  name: 'username_prefixes_set',
  sql: `insert into username_prefixes (prefix, nickname_key, user_key) select r.* from fence, :rows r on conflict do nothing`,
  ...byUsernameColumns(rows),
});

const deleteByUsername = (rows: readonly UsernamePrefixesTable[]): TableWrite => ({
  name: 'username_prefixes_gone',
  sql: `delete from username_prefixes p using fence, :rows r (prefix, nickname_key, user_key)
    where (p.prefix, p.nickname_key, p.user_key) = (r.prefix, r.nickname_key, r.user_key)`,
  ...byUsernameColumns(rows),
});

const byUsernameColumns = (rows: readonly UsernamePrefixesTable[]): Pick<TableWrite, 'rows' | 'columns'> => ({
  rows: rows.length,
  columns: [
    texts(rows, (row) => row.prefix),
    texts(rows, (row) => row.nickname_key),
    texts(rows, (row) => row.user_key),
  ],
});
