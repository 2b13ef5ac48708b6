import { type Kysely, sql } from 'kysely';
import pLimit from 'p-limit';
import { gatherCalls } from '../../platform/gather-calls.ts';
import type { Given } from '../../platform/postgres/prepared-query.ts';
import { type Cursor, formatCursor, isAfter } from '../../protocol/cursor.ts';
import { eventText } from '../../protocol/frame-texts.ts';
import type { Push } from '../../protocol/pushes.ts';
import { messagesSentAfter, newMessageFrame, type SentMessage } from '../chats/sent-messages.ts';
import type { Reads } from '../snapshot.ts';
import type { ReadTables } from '../tables.ts';
import { userKey } from '../user-key.ts';
import { EVERYONE, FORGOTTEN } from './tables.ts';

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

/** Who missed more is looked up alone: nobody waits for what somebody else has missed, and no answer is large. */
const FEW = 100;

/** In one statement. */
const USERS_AT_ONCE = 64;

/** Of each kind, of those who missed few and of those who are looked up alone. */
const STATEMENTS_AT_ONCE = 2;

/** Connections that looks at what was missed may take up at once. */
export const MISSED_CONNECTIONS = 2 * STATEMENTS_AT_ONCE;

export function prepareMissed(reads: Reads) {
  const find = prepareRows(reads);

  /** Of each user no more than so many rows. */
  async function findOfEach(users: readonly Since[], rows: number): Promise<readonly Found[]> {
    const { rows: all, ...snapshot } = await find({
      keys: users.map(({ username }) => userKey(username)),
      positions: users.map(({ after }) => after?.position ?? null),
      ordinals: users.map(({ after }) => after?.ordinal ?? null),
      rows,
    });
    const found = users.map((): Found => ({ rows: [], ...snapshot }));
    for (const row of all) found[Number(row.place) - 1]?.rows.push(row);
    return found;
  }

  const findFew = gatherCalls((users: readonly Since[]) => findOfEach(users, FEW + 1), {
    callsAtOnce: STATEMENTS_AT_ONCE,
    keysPerCall: USERS_AT_ONCE,
  });
  const alone = pLimit(STATEMENTS_AT_ONCE);

  /**
   * What `username` was sent after `after`, if at most `limit` pushes, what everybody but this user was sent counting as
   * well; null asks only where the feed ends. Many who ask at once share statements.
   */
  return async (username: string, after: Cursor | null, limit: number): Promise<Missed> => {
    const since = { username, after };
    const few = await findFew(since);
    if (few.rows.length <= FEW || limit <= FEW) return missedOf(few, after, limit);
    const [all = few] = await alone(() => findOfEach([since], limit + 1));
    return missedOf(all, after, limit);
  };
}

interface Since {
  readonly username: string;
  readonly after: Cursor | null;
}

interface Found extends MissedUpTo {
  readonly rows: MissedRow[];
}

function missedOf({ rows, upTo, epoch }: Found, after: Cursor | null, limit: number): Missed {
  const floor = rows[0]?.floor;
  const incomplete: Missed = { outcome: 'incomplete', upTo, epoch };
  if (!after || floor === undefined || after.log !== upTo.log) return incomplete;
  if (after.position <= floor || isAfter(after, upTo)) return incomplete;
  if (rows.length > limit && rows[0]?.at !== null) return incomplete;
  // Of somebody who has been erased since.
  if (rows.some(({ text }) => text === FORGOTTEN)) return incomplete;
  const pushes = rows.flatMap((row) => pushOf(row, upTo.log) ?? []);
  return { outcome: 'complete', pushes, upTo, epoch };
}

/** A frame that the feed keeps, by its text, or one that is made of its message; without either, one that was for others. */
interface MissedRow {
  /** Of its user among those who were asked for, from 1 on. */
  readonly place: bigint;
  readonly floor: bigint;
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
  /** Of each user, the key and the place after which: null, only the checkpoint is asked for. */
  readonly keys: readonly string[];
  readonly positions: readonly (bigint | null)[];
  readonly ordinals: readonly (number | null)[];
  /** Of each user one more than may be missed, to see that there is too much. */
  readonly rows: number;
}

/** Of each source as much as of all together, as any may hold all of it. */
const prepareRows = ({ db, prepare }: Reads) =>
  prepare((given: Given<Asked>) =>
    db
      .selectFrom(
        sql<OneAsked>`unnest(${given('keys')}::text[], ${given('positions')}::bigint[], ${given('ordinals')}::smallint[]) with ordinality`.as<'asked'>(
          sql`asked (key, position, ordinal, place)`,
        ),
      )
      .innerJoin('feed_floor as floor', (join) => join.onTrue())
      .leftJoin('users as asker', 'asker.user_key', 'asked.key')
      .leftJoinLateral(
        db
          .selectFrom(kept(db, given).where('audience', '=', ASKED.key).as('own'))
          .selectAll()
          .unionAll(
            db
              .selectFrom(kept(db, given).where('audience', '=', sql.lit(EVERYONE)).as('everyones'))
              .selectAll(),
          )
          .unionAll(
            db
              .selectFrom(messagesSentAfter(db, { ...ASKED, rows: given('rows') }).as('sent'))
              .select(['at', ordinalOfMessages, noText, 'message']),
          )
          .orderBy('at')
          .orderBy('ordinal')
          .limit(given('rows'))
          .as('f'),
        (join) => join.onRef('floor.position', '<', 'asked.position'),
      )
      .select(['asked.place', 'floor.position as floor', 'f.at', 'f.ordinal', 'f.text', 'f.message']),
  );

interface OneAsked {
  readonly key: string;
  readonly position: bigint;
  readonly ordinal: number;
  readonly place: bigint;
}

/** Of the one user whose rows are looked for. */
const ASKED = { key: sql<string>`asked.key`, position: sql<bigint>`asked.position` };

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
      >`case when ${ASKED.key} = any(except_keys) or feed.position < asker.registered_position then null else feed.text end`.as(
        'text',
      ),
      noMessage,
    ])
    .where(sql<boolean>`(feed.position, feed.ordinal) > (asked.position, asked.ordinal)`)
    .orderBy('feed.position')
    .orderBy('feed.ordinal')
    .limit(given('rows'));
