import { numbers, type TableWrite, texts } from '../room.ts';
import { beginnings } from '../user-key.ts';

/** How many users each beginning of a name has more or fewer since the last write. */
export class MovedPrefixes {
  #moved = new Map<string, number>();

  /** A user was found by these names and is found by those. A beginning that several share counts once: it finds the user once. */
  move(before: readonly string[], after: readonly string[]): void {
    const [lost, won] = [allBeginnings(before), allBeginnings(after)];
    for (const prefix of won) if (!lost.has(prefix)) this.#add(prefix, 1);
    for (const prefix of lost) if (!won.has(prefix)) this.#add(prefix, -1);
  }

  /** A beginning has a row while it finds anybody, however events are cut into writes: none is left of a name that was given up. */
  takeWrites(): TableWrite[] {
    const moved = [...this.#moved];
    this.#moved = new Map();
    const more = moved.filter(([, users]) => users > 0);
    const fewer = moved.filter(([, users]) => users < 0);
    return [addToPrefixes(more), takeFromPrefixes(fewer), deletePrefixes(fewer)];
  }

  #add(prefix: string, users: number): void {
    this.#moved.set(prefix, (this.#moved.get(prefix) ?? 0) + users);
  }
}

const allBeginnings = (names: readonly string[]): ReadonlySet<string> => new Set(names.flatMap(beginnings));

type Moved = readonly (readonly [prefix: string, users: number])[];

const addToPrefixes = (rows: Moved): TableWrite => ({
  name: 'user_prefixes',
  sql: `insert into user_prefixes as old (prefix, users)
    select r.* from fence, :rows r
    on conflict (prefix) do update set users = old.users + excluded.users`,
  ...columns(rows),
});

/** The two see the same rows, those from before: each takes its own part of them. */
const takeFromPrefixes = (rows: Moved): TableWrite => ({
  name: 'user_prefixes_fewer',
  sql: `update user_prefixes p set users = p.users + r.users
    from fence, :rows r (prefix, users) where p.prefix = r.prefix and p.users + r.users <> 0`,
  ...columns(rows),
});

const deletePrefixes = (rows: Moved): TableWrite => ({
  name: 'user_prefixes_gone',
  sql: `delete from user_prefixes p
    using fence, :rows r (prefix, users) where p.prefix = r.prefix and p.users + r.users = 0`,
  ...columns(rows),
});

const columns = (rows: Moved): Pick<TableWrite, 'rows' | 'columns'> => ({
  rows: rows.length,
  columns: [texts(rows, ([prefix]) => prefix), numbers('integer', rows, ([, users]) => users)],
});
