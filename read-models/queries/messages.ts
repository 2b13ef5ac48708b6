import { type Kysely, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { z } from 'zod';
import { pairId } from '../../platform/event-store/stream-name.ts';
import type { MessageResource, Page, PageRequest } from '../../protocol/http-resources.ts';
import { pageCursors, positionPlace } from '../page-cursor.ts';
import { pageOf } from '../page-of.ts';
import type { ReadTables } from '../tables.ts';
import { userKey } from '../user-key.ts';
import { messagesOf, oneChat } from './chat-view.ts';
import { toMessage } from './message-row.ts';

const cursors = pageCursors('messages', z.tuple([positionPlace]));

/**
 * Newest first; `count` is of the whole chat. `before` wins over `offset`; rejects with `InvalidPageCursor` when it is
 * none of this list's. null: the two have no chat.
 */
export async function findMessages(
  db: Kysely<ReadTables>,
  caller: string,
  other: string,
  page: PageRequest,
): Promise<Page<MessageResource> | null> {
  const before = page.before === undefined ? null : cursors.read(page.before);
  const found = await oneChat(db, pairId(caller, other), userKey(caller), userKey(other))
    .select(sql<number>`c.sent_a + c.sent_b`.as('count'))
    .select((eb) =>
      jsonArrayFrom(
        messagesOf(eb, (messages) =>
          messages
            .$if(before !== null, (query) =>
              query.where('messages.position', '<', sql<bigint>`${before?.[0]}::bigint`),
            )
            .orderBy('messages.position', 'desc')
            .limit(page.limit + 1)
            .offset(before ? 0 : page.offset),
        ),
      ).as('rows'),
    )
    .executeTakeFirst();
  if (!found) return null;
  const { rows, count } = found;
  const cursorOf = ({ place }: { place: string }) => cursors.write([place]);
  return pageOf(rows, { count, limit: page.limit, toItem: toMessage, cursorOf });
}
