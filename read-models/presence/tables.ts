import type { WrittenDate } from '../written-date.ts';

export interface PresenceTables {
  sessions: SessionsTable;
  departures: DeparturesTable;
}

/** A tab that counts. */
export interface SessionsTable {
  session_id: string;
  user_key: string;
  /** That answers for it. */
  gateway_id: string;
  /** The sign-in that it belongs to. */
  login_id: string;
  opened_at: WrittenDate;
}

/** Of those who have no session any more and are still online. */
export interface DeparturesTable {
  user_key: string;
  /** From then on housekeeping says that they have gone. */
  offline_at: WrittenDate;
}

export const CREATE_PRESENCE = `
create table sessions (
  session_id uuid primary key,
  user_key text collate "C" not null,
  gateway_id uuid not null,
  login_id uuid not null,
  opened_at timestamptz not null
) with (autovacuum_vacuum_scale_factor = 0.05);
create index sessions_by_user on sessions (user_key);
create index sessions_by_gateway on sessions (gateway_id, session_id);

create table departures (
  user_key text collate "C" primary key,
  offline_at timestamptz not null
) with (autovacuum_vacuum_scale_factor = 0.05);
create index departures_by_date on departures (offline_at, user_key);
`;
