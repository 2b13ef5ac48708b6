import { sql } from 'kysely';
import { z } from 'zod';
import { pairId } from '../../platform/event-store/stream-name.ts';
import type { Given } from '../../platform/postgres/prepared-query.ts';
import type { MessageResource, Page, PageRequest } from '../../protocol/http-resources.ts';
import { BEYOND_EVERY_POSITION, pageCursors, pageOf, positionPlace, rowsWithin } from '../pages.ts';
import type { Reads, Snapshot } from '../snapshot.ts';
import { userKey } from '../user-key.ts';
import { messageColumns, newestMessages, oneChat, toMessage } from './chat-view.ts';

const cursors = pageCursors('messages', z.tuple([positionPlace]));

export function prepareMessages(reads: Reads) {
  const find = prepareRows(reads);

  /** Of the chat with `other`, newest first; `count` is of the whole chat. null: the two have no chat. */
  return async (
    caller: string,
    other: string,
    { limit, offset, before }: PageRequest,
  ): Promise<Snapshot<Page<MessageResource> | null>> => {
    const [position] = before === undefined ? [BEYOND_EVERY_POSITION] : cursors.read(before);
    const { rows, upTo } = await find({
      chatId: pairId(caller, other),
      caller: userKey(caller),
      other: userKey(other),
      position,
      rows: limit + 1,
      offset: before === undefined ? offset : 0,
    });
    const [chat] = rows;
    if (!chat) return { answer: null, upTo };
    const page = pageOf(rows, {
      count: chat.count,
      limit,
      toItem: toMessage,
      cursorOf: (row) => cursors.write([String(row.position)]),
    });
    return { answer: page, upTo };
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
const prepareRows = ({ db, prepare }: Reads) =>
  prepare((given: Given<Asked>) =>
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
