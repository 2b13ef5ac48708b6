import type { Cursor } from '../../protocol/cursor.ts';
import type { Audience } from '../../protocol/pushes.ts';
import { defineRoom, lines, listIn, lists, numbers, type RoomRows, type TableWrite } from '../room.ts';
import { CREATE_FEED, EVERYONE } from './tables.ts';
import { ABOVE_FEED_FLOOR } from './trim-feed.ts';

/** The frames of all rooms that are no row of their own, kept for those who resume. No event is its own. */
export const feed = defineRoom<FeedRows, never>({
  name: 'feed',
  tables: ['feed'],
  readBy: ['feed_by_position'],
  kept: { feed: ABOVE_FEED_FLOOR },
  migrations: { 'feed-1-create': CREATE_FEED },
  open: () => new FeedRows(),
  project: {},
});

/** A frame as it was pushed. */
export interface FeedEntry {
  readonly cursor: Cursor;
  readonly to: Audience;
  /** Of its event. */
  readonly date: string;
  /** With its cursor in it, and without line feeds. */
  readonly text: string;
}

export class FeedRows implements RoomRows {
  #toUsers: (FeedEntry & { readonly user: string })[] = [];
  #toEveryone: (FeedEntry & { readonly except: readonly string[] })[] = [];

  keep(entry: FeedEntry): void {
    if ('everyoneBut' in entry.to) this.#toEveryone.push({ ...entry, except: entry.to.everyoneBut });
    else for (const user of new Set(entry.to.users)) this.#toUsers.push({ ...entry, user });
  }

  takeWrites(): TableWrite[] {
    const writes = [insertForUsers(this.#toUsers), insertForEveryone(this.#toEveryone)];
    this.#toUsers = [];
    this.#toEveryone = [];
    return writes;
  }
}

const insertForUsers = (rows: readonly (FeedEntry & { readonly user: string })[]): TableWrite => ({
  name: 'feed',
  sql: `insert into feed (audience, position, ordinal, date, text) select r.* from fence, :rows r`,
  rows: rows.length,
  columns: [lines('text', rows, (row) => row.user), ...placeAndText(rows)],
});

const insertForEveryone = (
  rows: readonly (FeedEntry & { readonly except: readonly string[] })[],
): TableWrite => ({
  name: 'feed_of_everyone',
  sql: `insert into feed (audience, except_keys, position, ordinal, date, text)
    select '${EVERYONE}', ${listIn('r.except_keys')}, r.position, r.ordinal, r.date, r.text
    from fence, :rows r (except_keys, position, ordinal, date, text)`,
  rows: rows.length,
  columns: [lists(rows, (row) => row.except), ...placeAndText(rows)],
});

const placeAndText = (rows: readonly FeedEntry[]) => [
  numbers('bigint', rows, (row) => row.cursor.position),
  numbers('smallint', rows, (row) => row.cursor.ordinal),
  lines('timestamptz', rows, (row) => row.date),
  lines('text', rows, (row) => row.text),
];
