import type { GeneratedAlways } from 'kysely';
import type { WrittenDate } from '../written-date.ts';

export interface UsersTables {
  users: UsersTable;
  user_prefixes: UserPrefixesTable;
}

export interface UsersTable {
  user_key: string;
  username: string;
  nickname: string;
  /** The nickname in lower case: what is searched and sorted by. */
  nickname_key: string;
  avatar: string;
  date_joined: WrittenDate;
  /** Where in the log the user signed up. */
  registered_position: bigint;
  /** The nickname is another than the username: only then a search by username finds more. */
  renamed: GeneratedAlways<boolean>;
}

/** How many users a search finds, kept so that no search counts rows: a row for each beginning of a name. */
export interface UserPrefixesTable {
  prefix: string;
  users: number;
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
  renamed boolean not null generated always as (nickname_key <> user_key) stored
);
create index users_by_nickname on users (nickname_key, user_key);
create index users_renamed on users (user_key) where renamed;

create table user_prefixes (
  prefix text collate "C" primary key,
  users integer not null
) with (fillfactor = 70);
`;
