import type { Insertable } from 'kysely';
import type { UserRegistered } from '../../domain/user.ts';
import { defineRoom, lines, numbers, type RoomRows, type TableWrite, texts } from '../room.ts';
import { beginnings, userKey } from '../user-key.ts';
import { CREATE_USERS, type UsersTable } from './tables.ts';

export const users = defineRoom({
  name: 'users',
  tables: ['users', 'user_prefixes'],
  migrations: { 'users-1-create': CREATE_USERS },
  open: () => new UserRows(),
  project: { UserRegistered: (rows, { event, position }) => rows.register(event.data, position) },
});

class UserRows implements RoomRows {
  #users: Insertable<UsersTable>[] = [];
  /** Users more for each beginning of a name. */
  #prefixes = new Map<string, number>();

  /** A beginning that username and nickname share is counted once: it finds the user once. */
  register({ username, nickname, avatar, date }: UserRegistered['data'], position: bigint): void {
    const [user_key, nickname_key] = [userKey(username), userKey(nickname)];
    this.#users.push({
      user_key,
      username,
      nickname,
      nickname_key,
      avatar,
      date_joined: date,
      registered_position: position,
    });
    for (const prefix of new Set([...beginnings(user_key), ...beginnings(nickname_key)])) {
      this.#prefixes.set(prefix, (this.#prefixes.get(prefix) ?? 0) + 1);
    }
  }

  takeWrites(): TableWrite[] {
    const writes = [insertUsers(this.#users), addToPrefixes([...this.#prefixes])];
    this.#users = [];
    this.#prefixes = new Map();
    return writes;
  }
}

const insertUsers = (rows: readonly Insertable<UsersTable>[]): TableWrite => ({
  name: 'users',
  sql: `insert into users (user_key, username, nickname, nickname_key, avatar, date_joined, registered_position)
    select r.* from fence, :rows r`,
  rows: rows.length,
  columns: [
    texts(rows, (row) => row.user_key),
    texts(rows, (row) => row.username),
    texts(rows, (row) => row.nickname),
    texts(rows, (row) => row.nickname_key),
    texts(rows, (row) => row.avatar),
    lines('timestamptz', rows, (row) => row.date_joined),
    numbers('bigint', rows, (row) => row.registered_position),
  ],
});

const addToPrefixes = (rows: readonly (readonly [prefix: string, users: number])[]): TableWrite => ({
  name: 'user_prefixes',
  sql: `insert into user_prefixes as old (prefix, users)
    select r.* from fence, :rows r
    on conflict (prefix) do update set users = old.users + excluded.users`,
  rows: rows.length,
  columns: [texts(rows, ([prefix]) => prefix), numbers('integer', rows, ([, users]) => users)],
});
