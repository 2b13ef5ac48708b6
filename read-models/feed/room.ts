import type { Cursor } from '../../protocol/cursor.ts';
import type { Audience } from '../../protocol/pushes.ts';
import { lines, listIn, lists, numbers, optionalLines, texts } from '../columns.ts';
import { defineRoom, type RoomRows, type TableWrite } from '../room.ts';
import { CREATE_FEED, EVERYONE, FORGOTTEN, NAME_PEOPLE } from './tables.ts';
import { ABOVE_FEED_FLOOR } from './trim-feed.ts';

/** The frames of all rooms that are no row of their own, kept for those who resume. No event is its own. */
export const feed = defineRoom<FeedRows, never>({
  name: 'feed',
  tables: ['feed'],
  keptBy: ['feed_floor'],
  readBy: ['feed_by_position'],
  kept: { feed: ABOVE_FEED_FLOOR },
  migrations: { 'feed-1-create': CREATE_FEED, 'feed-2-people': NAME_PEOPLE },
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
  /** Key of the user whose profile is in it; null: nobody's. */
  readonly about: string | null;
}

type KeptFrame = Omit<FeedEntry, 'to'>;
type ForUser = KeptFrame & { readonly user: string };
type ForEveryone = KeptFrame & { readonly except: readonly string[] };

export class FeedRows implements RoomRows {
  #toUsers: ForUser[] = [];
  #toEveryone: ForEveryone[] = [];
  #forgotten = new Set<string>();

  keep({ to, cursor, date, text, about }: FeedEntry): void {
    const kept = { cursor, date, text, about };
    if ('everyoneBut' in to) this.#toEveryone.push({ ...kept, except: to.everyoneBut });
    else for (const user of new Set(to.users)) this.#toUsers.push({ ...kept, user });
  }

  /** What was kept up to here for this user, or of this user, has no text any more. */
  forget(userKey: string): void {
    this.#forgotten.add(userKey);
    const without = <Entry extends KeptFrame>(entry: Entry, isOwn: boolean): Entry =>
      isOwn || entry.about === userKey ? { ...entry, text: FORGOTTEN } : entry;
    this.#toUsers = this.#toUsers.map((entry) => without(entry, entry.user === userKey));
    this.#toEveryone = this.#toEveryone.map((entry) => without(entry, false));
  }

  /** Of the next write those parts that take texts away. */
  takeForgetting(): TableWrite[] {
    const writes = [forgetFrames([...this.#forgotten])];
    this.#forgotten = new Set();
    return writes;
  }

  takeWrites(): TableWrite[] {
    const writes = [
      ...this.takeForgetting(),
      insertForUsers(this.#toUsers),
      insertForEveryone(this.#toEveryone),
    ];
    this.#toUsers = [];
    this.#toEveryone = [];
    return writes;
  }
}

const insertForUsers = (rows: readonly ForUser[]): TableWrite => ({
  name: 'feed',
  sql: `insert into feed (audience, position, ordinal, date, text, about) select r.* from fence, :rows r`,
  rows: rows.length,
  columns: [lines('text', rows, (row) => row.user), ...placeAndText(rows)],
});

const insertForEveryone = (rows: readonly ForEveryone[]): TableWrite => ({
  name: 'feed_of_everyone',
  sql: `insert into feed (audience, except_keys, position, ordinal, date, text, about)
    select '${EVERYONE}', ${listIn('r.except_keys')}, r.position, r.ordinal, r.date, r.text, r.about
    from fence, :rows r (except_keys, position, ordinal, date, text, about)`,
  rows: rows.length,
  columns: [lists(rows, (row) => row.except), ...placeAndText(rows)],
});

/** Those that this same statement adds it does not see: they have no text already, or came later. It comes before these, whose name would stand for the table. */
const forgetFrames = (userKeys: readonly string[]): TableWrite => ({
  name: 'feed_forgotten',
  sql: `update feed f set text = '${FORGOTTEN}' from fence where f.ctid = any(array(
    select found.ctid from :rows r (user_key), lateral (
      select o.ctid from feed o where o.audience = r.user_key union all
      select o.ctid from feed o where o.about = r.user_key offset 0
    ) found))`,
  rows: userKeys.length,
  columns: [texts(userKeys, (key) => key)],
});

const placeAndText = (rows: readonly KeptFrame[]) => [
  numbers('bigint', rows, (row) => row.cursor.position),
  numbers('smallint', rows, (row) => row.cursor.ordinal),
  lines('timestamptz', rows, (row) => row.date),
  lines('text', rows, (row) => row.text),
  optionalLines('text', rows, (row) => row.about),
];
