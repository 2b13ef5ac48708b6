import { lines, texts } from '../columns.ts';
import type { TableWrite } from '../room.ts';
import { userKey } from '../user-key.ts';

interface Erasure {
  readonly username: string;
  readonly date: string;
}

/** What is to be done of erasures, as far as it has changed since the last write. */
export class ErasureRows {
  #begun = new Map<string, Erasure>();
  #completed = new Set<string>();

  begin(erasure: Erasure): void {
    this.#begun.set(userKey(erasure.username), erasure);
  }

  complete(username: string): void {
    this.#begun.delete(userKey(username));
    this.#completed.add(userKey(username));
  }

  takeWrites(): TableWrite[] {
    const [begun, completed] = [[...this.#begun.values()], [...this.#completed]];
    this.#begun = new Map();
    this.#completed = new Set();
    return [insertErasures(begun), deleteErasures(completed)];
  }
}

const insertErasures = (rows: readonly Erasure[]): TableWrite => ({
  name: 'erasures',
  sql: `insert into erasures (user_key, username, date) select r.* from fence, :rows r`,
  rows: rows.length,
  columns: [
    texts(rows, ({ username }) => userKey(username)),
    texts(rows, ({ username }) => username),
    lines('timestamptz', rows, ({ date }) => date),
  ],
});

const deleteErasures = (userKeys: readonly string[]): TableWrite => ({
  name: 'erasures_completed',
  sql: `delete from erasures using fence where user_key = any(array(select r.user_key from :rows r (user_key)))`,
  rows: userKeys.length,
  columns: [texts(userKeys, (key) => key)],
});
