import type { Kysely } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { pairId } from '../../platform/event-store/stream-name.ts';
import type { OpenedChat } from '../../protocol/http-resources.ts';
import { OFFLINE } from '../awaiting-features.ts';
import type { ReadTables } from '../tables.ts';
import { userKey } from '../user-key.ts';
import { headerColumns, messagesOf, oneChat } from './chat-view.ts';
import { toMessage } from './message-row.ts';

const MESSAGES_SHOWN = 30;

/** Its newest messages come newest first. null: the two have no chat. */
export async function findOpenedChat(
  db: Kysely<ReadTables>,
  caller: string,
  other: string,
): Promise<OpenedChat | null> {
  const found = await oneChat(db, pairId(caller, other), userKey(caller), userKey(other))
    .select(headerColumns)
    .select((eb) =>
      jsonArrayFrom(
        messagesOf(eb, (messages) => messages.orderBy('messages.position', 'desc').limit(MESSAGES_SHOWN)),
      ).as('messages'),
    )
    .executeTakeFirst();
  return found ? { ...found, ...OFFLINE, messages: found.messages.map(toMessage) } : null;
}
