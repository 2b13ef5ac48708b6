import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import { type Given, prepareQuery } from '../../platform/postgres/prepared-query.ts';
import { type Cursor, cursorAfter, formatCursor, isAfter } from '../../protocol/cursor.ts';
import type { Push } from '../../protocol/pushes.ts';
import { eventText } from '../../protocol/server-frames.ts';
import { EVERYONE } from '../feed/tables.ts';
import type { CheckpointsTable } from '../progress/tables.ts';
import type { Missed } from '../read-models.ts';
import type { ReadTables } from '../tables.ts';
import { stillFilling } from '../unavailable.ts';
import { userKey } from '../user-key.ts';
import { isoDate } from '../written-date.ts';

export type FindMissed = (username: string, after: Cursor | null, limit: number) => Promise<Missed>;

export function createFindMissed(db: Kysely<ReadTables>): FindMissed {
  const find = prepareMissed(db);
  return async (username, after, limit) => {
    const place = after ?? { position: null, ordinal: null };
    const rows = await find({ key: userKey(username), ...place, rows: limit + 1 });
    const [checkpoint] = rows;
    if (!checkpoint?.filled || checkpoint.log === null) throw stillFilling();
    const { log, epoch } = checkpoint;
    const upTo = cursorAfter(checkpoint.position, log);
    if (!after || after.log !== log || after.position <= checkpoint.floor || isAfter(after, upTo)) {
      return { outcome: 'incomplete', upTo, epoch };
    }
    const pushes = rows.flatMap((row) => pushOf(row, log) ?? []);
    return pushes.length > limit
      ? { outcome: 'incomplete', upTo, epoch }
      : { outcome: 'complete', pushes, upTo, epoch };
  };
}

/** A frame that the feed keeps, by its text, or one that is made from its message. */
interface MissedRow {
  /** null: nothing was missed, the row is the checkpoint's alone. */
  readonly at: bigint | null;
  readonly ordinal: number | null;
  readonly text: string | null;
  readonly chat_id: string | null;
  readonly message_id: string | null;
  readonly content: string | null;
  readonly date: string | null;
  readonly sender: string | null;
  readonly timestamp: string | null;
}

/** As it was pushed, letter by letter. */
function pushOf({ at, ordinal, text, ...row }: MissedRow, log: string): Push | null {
  if (at === null || ordinal === null) return null;
  const cursor = { position: at, ordinal, log };
  if (text !== null) return { cursor, text };
  const { chat_id, message_id: id, content, date, sender, timestamp } = row;
  if (chat_id === null || id === null || content === null || date === null) return null;
  if (sender === null || timestamp === null) return null;
  const data = { chat_id, id, content, date, sender, timestamp, is_read: false, is_liked: false } as const;
  return { cursor, text: eventText({ action: 'new_message', data }, formatCursor(cursor)) };
}

interface Asked {
  readonly key: string;
  /** null: only the checkpoint is asked for. */
  readonly position: bigint | null;
  readonly ordinal: number | null;
  /** One more than may be missed, to see that there is too much. */
  readonly rows: number;
}

/**
 * One statement, so one snapshot: what the feed and the messages hold up to the very checkpoint that is answered. Of each
 * source as much as of all together, as any may hold all of it.
 */
const prepareMissed = (db: Kysely<ReadTables>) =>
  prepareQuery(db, (given: Given<Asked>) =>
    db
      .selectFrom('checkpoints as c')
      .innerJoin('feed_floor as floor', (join) => join.onTrue())
      .leftJoinLateral(
        (eb) =>
          eb
            .selectFrom(keptFrames(eb, given).where('feed.audience', '=', given('key')).as('own'))
            .selectAll()
            .unionAll(
              eb
                .selectFrom(
                  keptFrames(eb, given)
                    .where('feed.audience', '=', sql.lit(EVERYONE))
                    .where('feed.except_key', '<>', given('key'))
                    .as('everyones'),
                )
                .selectAll(),
            )
            .unionAll(eb.selectFrom(messagesAfter(eb, given).as('messages')).selectAll())
            .orderBy('at')
            .orderBy('ordinal')
            .limit(given('rows'))
            .as('f'),
        (join) => join.on('floor.position', '<', sql<bigint>`${given('position')}::bigint`),
      )
      .select(['c.position', 'c.epoch', 'c.filled', 'c.log', 'floor.position as floor'])
      .selectAll('f')
      .orderBy('f.at')
      .orderBy('f.ordinal'),
  );

type Builder = ExpressionBuilder<ReadTables & { c: CheckpointsTable }, 'c'>;

const keptFrames = (eb: Builder, given: Given<Asked>) =>
  eb
    .selectFrom('feed')
    .select([
      'feed.position as at',
      'feed.ordinal',
      sql<string | null>`feed.text`.as('text'),
      sql<string | null>`null::uuid`.as('chat_id'),
      sql<string | null>`null::uuid`.as('message_id'),
      sql<string | null>`null::text`.as('content'),
      sql<string | null>`null::text`.as('date'),
      sql<string | null>`null::text`.as('sender'),
      sql<string | null>`null::text`.as('timestamp'),
    ])
    .where(
      sql<boolean>`(feed.position, feed.ordinal) > (${given('position')}::bigint, ${given('ordinal')}::smallint)`,
    )
    .orderBy('feed.position')
    .orderBy('feed.ordinal')
    .limit(given('rows'));

/** A message's frame is the only one of its event. Of each chat as many as of all together. */
const messagesAfter = (eb: Builder, given: Given<Asked>) =>
  eb
    .selectFrom(chatsWithNews(eb, given).as('chat'))
    .innerJoinLateral(
      (inner) =>
        inner
          .selectFrom('messages')
          .selectAll()
          .whereRef('messages.chat_id', '=', 'chat.chat_id')
          .where('messages.position', '>', sql<bigint>`${given('position')}::bigint`)
          .orderBy('messages.position')
          .limit(given('rows'))
          .as('m'),
      (join) => join.onTrue(),
    )
    .innerJoin('users', 'users.user_key', 'm.sender_key')
    .select([
      'm.position as at',
      sql<number>`0::smallint`.as('ordinal'),
      sql<string | null>`null::text`.as('text'),
      sql<string | null>`m.chat_id`.as('chat_id'),
      sql<string | null>`m.message_id`.as('message_id'),
      sql<string | null>`m.content`.as('content'),
      sql<string | null>`${isoDate('m.date')}`.as('date'),
      sql<string | null>`users.username`.as('sender'),
      sql<string | null>`m.timestamp`.as('timestamp'),
    ])
    .orderBy('at')
    .limit(given('rows'));

/**
 * The user's chats whose newest message is after the place: those that are in front of it by `order_position`, and perhaps
 * the next one. That order is the order of the newest messages, so of two chats the one behind had its last message before
 * the one in front took its place; hence at most one has its order before the asked place and its newest message after it.
 */
const chatsWithNews = (eb: Builder, given: Given<Asked>) =>
  frontOf(eb, 'user_a', given)
    .unionAll(
      eb
        .selectFrom(nextOf(eb, 'user_a', given).as('next_a'))
        .select('chat_id')
        .where(hasNews(given)),
    )
    .unionAll(
      eb
        .selectFrom(frontOf(eb, 'user_b', given).where('user_a', '<>', given('key')).as('front_b'))
        .select('chat_id'),
    )
    .unionAll(
      eb
        .selectFrom(nextOf(eb, 'user_b', given).where('user_a', '<>', given('key')).as('next_b'))
        .select('chat_id')
        .where(hasNews(given)),
    );

const frontOf = (eb: Builder, side: 'user_a' | 'user_b', given: Given<Asked>) =>
  eb
    .selectFrom(
      eb
        .selectFrom('chats')
        .select(['chat_id', 'user_a'])
        .where(side, '=', given('key'))
        .where('order_position', '>', sql<bigint>`${given('position')}::bigint`)
        .orderBy('order_position', 'desc')
        .limit(given('rows'))
        .as('front'),
    )
    .select('chat_id');

const nextOf = (eb: Builder, side: 'user_a' | 'user_b', given: Given<Asked>) =>
  eb
    .selectFrom('chats')
    .select(['chat_id', 'last_position'])
    .where(side, '=', given('key'))
    .where('order_position', '<=', sql<bigint>`${given('position')}::bigint`)
    .orderBy('order_position', 'desc')
    .limit(sql.lit(1));

const hasNews = (given: Given<Asked>) => sql<boolean>`last_position > ${given('position')}::bigint`;
