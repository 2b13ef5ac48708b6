import type { ColumnType } from 'kysely';
import type { GameOptions } from '../../domain/game-options.ts';
import type { WrittenDate } from '../written-date.ts';

export interface TournamentsTables {
  tournaments: TournamentsTable;
  open_tournaments: OpenTournamentsTable;
}

export interface TournamentsTable {
  tournament_id: string;
  /** From 1, in the order of the log, without gaps: the last one's number is how many there are. */
  number: number;
  position: bigint;
  /** Of its announcement, which is one for all users. */
  notification_id: string;
  name: string;
  alias: string;
  required_participants: 4 | 8;
  /** Goes in as JSON. */
  settings: ColumnType<GameOptions, string, never>;
  creator_key: string;
  is_open: boolean;
  date: WrittenDate;
}

/**
 * How many tournaments are open, as a Fenwick tree over their numbers: neither a change of one nor a count of those up to any number
 * costs more than its logarithm. Node n has those of the numbers beyond n without its lowest bit, up to n; `ALL_OPEN` has all.
 */
export interface OpenTournamentsTable {
  node: number;
  open: number;
}

/** In no tree: numbers begin with 1. */
export const ALL_OPEN = 0;

export const CREATE_TOURNAMENTS = `
create table tournaments (
  tournament_id uuid primary key,
  number integer not null unique,
  position bigint not null,
  notification_id uuid not null,
  name text not null,
  alias text not null,
  required_participants smallint not null,
  settings jsonb not null,
  creator_key text collate "C" not null,
  is_open boolean not null,
  date timestamptz not null
);
create unique index tournaments_by_position on tournaments (position) include (number);
create index tournaments_open on tournaments (position) where is_open;
create index tournaments_open_of_creator on tournaments (creator_key) where is_open;

create table open_tournaments (
  node integer primary key,
  open integer not null
) with (fillfactor = 70);
`;

/** By which all of one creator's are found. */
export const INDEX_CREATORS = 'create index tournaments_of_creator on tournaments (creator_key);';
