import type { Generated, GeneratedAlways } from 'kysely';

/** What the projection service keeps for itself: how far it is, who leads, and what could not be projected. */
export interface ProgressTables {
  checkpoints: CheckpointsTable;
  lease: LeaseTable;
  parked_events: ParkedEventsTable;
}

/** One row. */
export interface CheckpointsTable {
  projection: GeneratedAlways<string>;
  /** The log has been projected up to here, and all that follows from it has been published; -1: not at all. */
  position: bigint;
  /**
   * Raised by whoever takes over the projecting; writes of an earlier one then do nothing. It is never below the time, in seconds,
   * so that tables which were made anew, or restored from a backup, do not go on below what gateways have seen.
   */
  epoch: bigint;
  /** They have been at the end of the log once; before that they lack what was said long ago, and nobody is told. */
  filled: boolean;
  /** Others are in use: whoever finds this asks for those. */
  superseded: boolean;
  /** The identity of the log that they follow; null: none yet. */
  log: string | null;
  /** The last event that has been projected, and the last of those that the log keeps for ever, by which they recognise their log; null: none. */
  last_event_position: bigint | null;
  last_event_id: string | null;
  lasting_event_position: bigint | null;
  lasting_event_id: string | null;
}

/** One row. Apart from the checkpoint, which is locked for as long as a batch is being written. */
export interface LeaseTable {
  projection: GeneratedAlways<string>;
  /** Counted up by whoever projects, for as long as it can. */
  beat: bigint;
  /** An operator wants nobody to project until then: `infinity`, or the end of a short piece of work. null: somebody does. */
  paused_until: Generated<Date | null>;
  paused_at: Generated<Date | null>;
}

/** Events that could not be applied, for an operator. */
export interface ParkedEventsTable {
  position: bigint;
  stream: string;
  type: string;
  reason: string;
  parked_at: Generated<Date>;
  /** An operator has settled that the rows do without it: no rebuild stops there. */
  skipped: Generated<boolean>;
}

export const CREATE_PROGRESS = `
create table checkpoints (
  projection text primary key default 'all' check (projection = 'all'),
  position bigint not null,
  epoch bigint not null,
  filled boolean not null default false,
  log text,
  last_event_position bigint,
  last_event_id uuid,
  lasting_event_position bigint,
  lasting_event_id uuid
) with (fillfactor = 10);
insert into checkpoints (position, epoch) values (-1, extract(epoch from now())::bigint);

create table lease (
  projection text primary key default 'all' check (projection = 'all'),
  beat bigint not null
) with (fillfactor = 10);
insert into lease (beat) values (0);

create table parked_events (
  position bigint primary key,
  stream text not null,
  type text not null,
  reason text not null,
  parked_at timestamptz not null default now()
);
`;

/** For operators: they pause the projecting, and settle what becomes of parked events. */
export const LET_OPERATORS_IN = `
alter table lease add column paused_until timestamptz, add column paused_at timestamptz;
alter table parked_events add column skipped boolean not null default false;
`;

/** Raised in the transaction that puts others in use, so that each snapshot tells whether it is of those in use. */
export const ADD_SUPERSEDED = 'alter table checkpoints add column superseded boolean not null default false';
