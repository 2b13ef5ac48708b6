import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import { pairId } from '../../platform/event-store/stream-name.ts';
import { type Given, prepareQuery } from '../../platform/postgres/prepared-query.ts';
import type { MessageResource, Page, PageRequest } from '../../protocol/http-resources.ts';
import { BEYOND_EVERY_POSITION, pageCursors, positionPlace } from '../page-cursor.ts';
import { pageOf, rowsWithin } from '../page-of.ts';
import type { ReadTables } from '../tables.ts';
import { userKey } from '../user-key.ts';
import { messageColumns, newestMessages, oneChat } from './chat-view.ts';
import { toMessage } from './message-row.ts';

const cursors = pageCursors('messages', z.tuple([positionPlace]));

/**
 * Newest first; `count` is of the whole chat. `before` wins over `offset`; rejects with `InvalidPageCursor` when it is
 * none of this list's. null: the two have no chat.
 */
export type FindMessages = (
  caller: string,
  other: string,
  page: PageRequest,
) => Promise<Page<MessageResource> | null>;

export function createFindMessages(db: Kysely<ReadTables>): FindMessages {
  const find = prepareMessages(db);
  return async (caller, other, { limit, offset, before }) => {
    const [position] = before === undefined ? [BEYOND_EVERY_POSITION] : cursors.read(before);
    const rows = await find({
      chatId: pairId(caller, other),
      caller: userKey(caller),
      other: userKey(other),
      position,
      rows: limit + 1,
      offset: before === undefined ? offset : 0,
    });
    const [chat] = rows;
    return chat
      ? pageOf(rows, {
          count: chat.count,
          limit,
          toItem: toMessage,
          cursorOf: (row) => cursors.write([String(row.position)]),
        })
      : null;
  };
}

interface Asked {
  readonly chatId: string;
  readonly caller: string;
  readonly other: string;
  readonly position: string;
  readonly rows: number;
  readonly offset: number;
}

const count = sql<number>`(c.sent_a + c.sent_b)`;

/** Each row with the chat's count; one row without a message when the page is empty. */
const prepareMessages = (db: Kysely<ReadTables>) =>
  prepareQuery(db, (given: Given<Asked>) =>
    oneChat(db, { chatId: given('chatId'), caller: given('caller'), other: given('other') })
      .leftJoinLateral(
        newestMessages()
          .where('messages.position', '<', sql<bigint>`${given('position')}::bigint`)
          .limit(rowsWithin(count, given('offset'), given('rows')))
          .offset(given('offset'))
          .as('m'),
        (join) => join.onTrue(),
      )
      .select([count.as('count'), 'm.position'])
      .select(messageColumns)
      .orderBy('m.position', 'desc'),
  );
