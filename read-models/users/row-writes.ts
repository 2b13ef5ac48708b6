import { booleans, type Column, lines, numbers, optionalLines, optionalNumbers, texts } from '../columns.ts';
import type { TableWrite } from '../room.ts';
import type { UsersTable } from './tables.ts';

/** Dates as events have them. */
export type UserRow = Readonly<
  Omit<UsersTable, 'date_joined' | 'presence_date'> & {
    date_joined: string;
    presence_date: string | null;
  }
>;

export const insertUsers = (rows: readonly UserRow[]): TableWrite => ({
  name: 'users',
  sql: `insert into users (user_key, username, nickname, nickname_key, avatar, date_joined, registered_position, is_online,
      presence_date, presence_position, is_erased) select r.* from fence, :rows r`,
  rows: rows.length,
  columns: [
    texts(rows, (row) => row.user_key),
    texts(rows, (row) => row.username),
    texts(rows, (row) => row.nickname),
    texts(rows, (row) => row.nickname_key),
    texts(rows, (row) => row.avatar),
    lines('timestamptz', rows, (row) => row.date_joined),
    numbers('bigint', rows, (row) => row.registered_position),
    ...presenceColumns(rows),
  ],
});

export const updateUsers = (rows: readonly UserRow[]): TableWrite => ({
  name: 'users_updated',
  sql: `update users u set nickname = r.nickname, nickname_key = r.nickname_key, avatar = r.avatar,
      is_online = r.is_online, presence_date = r.presence_date, presence_position = r.presence_position, is_erased = r.is_erased
    from fence, :rows r (user_key, nickname, nickname_key, avatar, is_online, presence_date, presence_position, is_erased)
    where u.user_key = r.user_key`,
  rows: rows.length,
  columns: [
    texts(rows, (row) => row.user_key),
    texts(rows, (row) => row.nickname),
    texts(rows, (row) => row.nickname_key),
    texts(rows, (row) => row.avatar),
    ...presenceColumns(rows),
  ],
});

const presenceColumns = (rows: readonly UserRow[]): readonly Column[] => [
  booleans(rows, (row) => row.is_online),
  optionalLines('timestamptz', rows, (row) => row.presence_date),
  optionalNumbers('bigint', rows, (row) => row.presence_position),
  booleans(rows, (row) => row.is_erased),
];
