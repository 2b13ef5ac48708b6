import { type Kysely, sql } from 'kysely';
import type { Given } from '../../platform/postgres/prepared-query.ts';
import { type Cursor, formatCursor, isAfter } from '../../protocol/cursor.ts';
import { eventText } from '../../protocol/frame-texts.ts';
import type { Push } from '../../protocol/pushes.ts';
import { messagesSentAfter, newMessageFrame, type SentMessage } from '../chats/sent-messages.ts';
import type { Reads } from '../snapshot.ts';
import type { ReadTables } from '../tables.ts';
import { userKey } from '../user-key.ts';
import { EVERYONE } from './tables.ts';

/** What a tab missed, in one snapshot. */
export type Missed = MissedUpTo &
  /** All after the asked cursor, in order. */
  (
    | { readonly outcome: 'complete'; readonly pushes: readonly Push[] }
    /** Too much, too long ago, or never given out: the tab has to reload. */
    | { readonly outcome: 'incomplete' }
  );

interface MissedUpTo {
  /** Everything up to there is in the answer, or can be read from the other queries. */
  readonly upTo: Cursor;
  /** See `checkpoints.epoch`. */
  readonly epoch: bigint;
}

export function prepareMissed(reads: Reads) {
  const find = prepareRows(reads);

  /**
   * What `username` was sent after `after`, if at most `limit` pushes, what everybody but this user was sent counting as
   * well; null asks only where the feed ends.
   */
  return async (username: string, after: Cursor | null, limit: number): Promise<Missed> => {
    const place = after ?? { position: null, ordinal: null };
    const { rows, upTo, epoch } = await find({ key: userKey(username), ...place, rows: limit + 1 });
    const floor = rows[0]?.floor;
    const incomplete: Missed = { outcome: 'incomplete', upTo, epoch };
    if (!after || floor === undefined || after.log !== upTo.log) return incomplete;
    if (after.position <= floor || isAfter(after, upTo)) return incomplete;
    if (rows.length > limit && rows[0]?.at !== null) return incomplete;
    const pushes = rows.flatMap((row) => pushOf(row, upTo.log) ?? []);
    return { outcome: 'complete', pushes, upTo, epoch };
  };
}

/** A frame that the feed keeps, by its text, or one that is made of its message; without either, one that was for others. */
interface MissedRow {
  /** null: nothing was missed, the row has the floor alone. */
  readonly at: bigint | null;
  readonly ordinal: number | null;
  readonly text: string | null;
  readonly message: SentMessage | null;
}

/** As it was pushed, letter by letter. */
function pushOf({ at, ordinal, text, message }: MissedRow, log: string): Push | null {
  if (at === null || ordinal === null) return null;
  const cursor = { position: at, ordinal, log };
  if (text !== null) return { cursor, text };
  return message && { cursor, text: eventText(newMessageFrame(message), formatCursor(cursor)) };
}

interface Asked {
  readonly key: string;
  /** null: only the checkpoint is asked for. */
  readonly position: bigint | null;
  readonly ordinal: number | null;
  /** One more than may be missed, to see that there is too much. */
  readonly rows: number;
}

/** Of each source as much as of all together, as any may hold all of it. */
const prepareRows = ({ db, prepare }: Reads) =>
  prepare((given: Given<Asked>) =>
    db
      .selectFrom('feed_floor as floor')
      .leftJoinLateral(
        db
          .selectFrom(kept(db, given).where('audience', '=', given('key')).as('own'))
          .selectAll()
          .unionAll(
            db
              .selectFrom(kept(db, given).where('audience', '=', sql.lit(EVERYONE)).as('everyones'))
              .selectAll(),
          )
          .unionAll(
            db
              .selectFrom(messagesSentAfter(db, given).as('sent'))
              .select(['at', ordinalOfMessages, noText, 'message']),
          )
          .orderBy('at')
          .orderBy('ordinal')
          .limit(given('rows'))
          .as('f'),
        (join) => join.on('floor.position', '<', sql<bigint>`${given('position')}::bigint`),
      )
      .select(['floor.position as floor', 'f.at', 'f.ordinal', 'f.text', 'f.message']),
  );

/** A message's frame is the only one of its event. */
const ordinalOfMessages = sql<number>`0::smallint`.as('ordinal');
const noText = sql<string | null>`null::text`.as('text');
const noMessage = sql<SentMessage | null>`null::json`.as('message');

/**
 * Those for everyone but the user and others, or from before the user signed up, come without a text: left out, any number of
 * them would have to be read.
 */
const kept = (db: Kysely<ReadTables>, given: Given<Asked>) =>
  db
    .selectFrom('feed')
    .select([
      'position as at',
      'ordinal',
      sql<
        string | null
      >`case when ${given('key')} = any(except_keys) or position < ${signedUpAt(db, given)} then null else feed.text end`.as(
        'text',
      ),
      noMessage,
    ])
    .where(sql<boolean>`(position, ordinal) > (${given('position')}::bigint, ${given('ordinal')}::smallint)`)
    .orderBy('position')
    .orderBy('ordinal')
    .limit(given('rows'));

const signedUpAt = (db: Kysely<ReadTables>, given: Given<Asked>) =>
  db.selectFrom('users').select('registered_position').where('user_key', '=', given('key'));
