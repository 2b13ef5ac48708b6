import { type Expression, type Kysely, sql } from 'kysely';
import { jsonBuildObject } from 'kysely/helpers/postgres';
import type { EventFrame } from '../../protocol/server-frames.ts';
import type { ReadTables } from '../tables.ts';
import { isoDate } from '../written-date.ts';

/** A message as its event has it. */
export interface SentMessage {
  readonly chat_id: string;
  readonly id: string;
  readonly content: string;
  readonly date: string;
  /** Username as registered. */
  readonly sender: string;
  readonly timestamp: string;
}

/** What tabs are told of a message: when it is sent, and when a tab comes back. */
export const newMessageFrame = (message: SentMessage): EventFrame => ({
  action: 'new_message',
  data: {
    chat_id: message.chat_id,
    id: message.id,
    content: message.content,
    date: message.date,
    sender: message.sender,
    timestamp: message.timestamp,
    is_read: false,
    is_liked: false,
  },
});

/** Of whom, after which place in the log, and how many at most. */
interface Asked {
  readonly key: Expression<string>;
  readonly position: Expression<bigint>;
  readonly rows: Expression<number>;
}

/**
 * What the user has sent and was sent after the position, in any order; of more than `rows` just as many: so they are found
 * without sorting what nobody wants. The limit within each chat keeps the server from taking messages before chats.
 */
export const messagesSentAfter = (db: Kysely<ReadTables>, asked: Asked) =>
  db
    .selectFrom(chatsWithNews(db, asked).as('chat'))
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('messages')
          .selectAll()
          .whereRef('messages.chat_id', '=', 'chat.chat_id')
          .where('messages.position', '>', asked.position)
          .limit(asked.rows)
          .as('m'),
      (join) => join.onTrue(),
    )
    .select((eb) => [
      'm.position as at',
      jsonBuildObject({
        chat_id: eb.ref('m.chat_id'),
        id: eb.ref('m.message_id'),
        content: eb.ref('m.content'),
        date: isoDate('m.date'),
        sender: eb.fn.coalesce(
          eb.selectFrom('users').select('username').whereRef('user_key', '=', 'm.sender_key'),
          'm.sender_key',
        ),
        timestamp: eb.ref('m.timestamp'),
      }).as('message'),
    ])
    .limit(asked.rows);

/**
 * The user's chats with a message after the position, but no more than `rows`, as each has one at least. A chat whose
 * `order_position` is after it has; of all others only the first one on the list can have. For it stood first when its
 * message came, which is why its order stayed as it was; and whatever stands before it now was put there later, so it is
 * after the position too.
 */
const chatsWithNews = (db: Kysely<ReadTables>, asked: Asked) =>
  db
    .selectFrom(newsOf(db, 'user_a', asked).as('of_a'))
    .select('chat_id')
    .unionAll(
      db
        .selectFrom(newsOf(db, 'user_b', asked).as('of_b'))
        // A chat with oneself is on both sides.
        .where('user_a', '<>', asked.key)
        .select('chat_id'),
    );

const newsOf = (db: Kysely<ReadTables>, side: 'user_a' | 'user_b', asked: Asked) => {
  const list = db
    .selectFrom('chats')
    .select(['chat_id', 'user_a', 'last_position'])
    .where(side, '=', asked.key)
    .orderBy('order_position', 'desc');
  const put = list.where('order_position', '>', asked.position).limit(asked.rows);
  const first = list.where('order_position', '<=', asked.position).limit(sql.lit(1));
  return db
    .selectFrom(put.as('put'))
    .selectAll()
    .unionAll(db.selectFrom(first.as('first')).where('last_position', '>', asked.position).selectAll());
};
