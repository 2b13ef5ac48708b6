import type { WrittenDate } from '../written-date.ts';

export interface FeedTables {
  feed: FeedTable;
  feed_floor: FeedFloorTable;
}

/**
 * What users were sent, text as tabs got it: a row a user, and for everyone but some a single one. Frames that can be
 * made from the rows of another table are not in it. Old rows are trimmed.
 */
export interface FeedTable {
  /** A user's key, or `EVERYONE`. */
  audience: string;
  /** With `EVERYONE`: the keys of those whom it is not for. */
  except_keys: readonly string[] | null;
  position: bigint;
  ordinal: number;
  date: WrittenDate;
  /** `FORGOTTEN`: there was a frame of or about somebody who has been erased since; whoever missed it has to reload. */
  text: string;
  /** Whose profile is in the text, unless it is the audience's own; null: nobody's. */
  about: string | null;
}

/** No frame. */
export const FORGOTTEN = '-';

/** In no name. */
export const EVERYONE = '*';

/** One row. Its table does not follow from the log: when rows are trimmed is a matter of time. */
export interface FeedFloorTable {
  /** Feed rows up to here may be gone. */
  position: bigint;
}

export const CREATE_FEED = `
create table feed (
  audience text collate "C" not null,
  except_keys text[] collate "C",
  position bigint not null,
  ordinal smallint not null,
  date timestamptz not null,
  text text not null,
  primary key (audience, position, ordinal),
  check ((audience = '${EVERYONE}') = (except_keys is not null))
);
create index feed_by_position on feed (position);

create table feed_floor (
  position bigint not null
);
create unique index feed_floor_is_one_row on feed_floor ((true));
insert into feed_floor values (-1);
`;

export const NAME_PEOPLE = `
alter table feed add column about text collate "C";
create index feed_by_person on feed (about) where about is not null;
`;
