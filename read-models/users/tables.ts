import type { WrittenDate } from '../written-date.ts';

export interface UsersTables {
  users: UsersTable;
  user_prefixes: UserPrefixesTable;
  username_prefixes: UsernamePrefixesTable;
  erasures: ErasuresTable;
}

export interface UsersTable {
  user_key: string;
  username: string;
  nickname: string;
  /** The nickname in lower case: what is searched and sorted by. Of who is erased, `FOUND_BY_NOBODY`. */
  nickname_key: string;
  avatar: string;
  date_joined: WrittenDate;
  /** Where in the log the user signed up. */
  registered_position: bigint;
  is_online: boolean;
  /** Since when; null: the user was never there. */
  presence_date: WrittenDate | null;
  /** Of the last event that says so. */
  presence_position: bigint | null;
  /** Then nobody finds the user any more, and nothing is said of the user but the name. */
  is_erased: boolean;
}

/** Beyond every name, and beyond the end of every search. */
export const FOUND_BY_NOBODY = '\u{10FFFF}';

/** How many users a search finds, kept so that no search counts rows: a row for each beginning of a name that is somebody's. */
export interface UserPrefixesTable {
  prefix: string;
  users: number;
}

/**
 * Whom a search finds by the username alone, in the order of its pages: a row for each beginning of a username with which its
 * user's nickname does not begin. Whoever has the username as nickname has none.
 */
export interface UsernamePrefixesTable {
  prefix: string;
  is_online: boolean;
  nickname_key: string;
  user_key: string;
}

/** Users who are to be erased, until their keys and accounts are gone. */
export interface ErasuresTable {
  user_key: string;
  /** As registered. */
  username: string;
  /** When it was asked for. */
  date: WrittenDate;
}

export const CREATE_USERS = `
create table users (
  user_key text collate "C" primary key,
  username text not null,
  nickname text not null,
  nickname_key text collate "C" not null,
  avatar text not null,
  date_joined timestamptz not null,
  registered_position bigint not null,
  is_online boolean not null default false,
  presence_date timestamptz,
  presence_position bigint
) with (autovacuum_vacuum_scale_factor = 0.05);
create index users_by_nickname on users (is_online, nickname_key, user_key);
create index users_by_presence on users (presence_position) where presence_position is not null;

create table user_prefixes (
  prefix text collate "C" primary key,
  users integer not null
) with (fillfactor = 70);

create table username_prefixes (
  prefix text collate "C" not null,
  is_online boolean not null,
  nickname_key text collate "C" not null,
  user_key text collate "C" not null,
  primary key (prefix, is_online, nickname_key, user_key)
) with (autovacuum_vacuum_scale_factor = 0.05);
`;

export const CREATE_ERASURES = `
alter table users add column is_erased boolean not null default false;

create table erasures (
  user_key text collate "C" primary key,
  username text not null,
  date timestamptz not null
);
`;
