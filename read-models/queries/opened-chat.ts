import { type Kysely, sql } from 'kysely';
import { pairId } from '../../platform/event-store/stream-name.ts';
import { type Given, prepareQuery } from '../../platform/postgres/prepared-query.ts';
import type { OpenedChat } from '../../protocol/http-resources.ts';
import { OFFLINE } from '../awaiting-features.ts';
import type { ReadTables } from '../tables.ts';
import { userKey } from '../user-key.ts';
import { blockColumns, messageColumns, newestMessages, oneChat } from './chat-view.ts';
import { toMessage } from './message-row.ts';

const MESSAGES_SHOWN = 30;

/** Its newest messages come newest first. null: the two have no chat. */
export type FindOpenedChat = (caller: string, other: string) => Promise<OpenedChat | null>;

export function createFindOpenedChat(db: Kysely<ReadTables>): FindOpenedChat {
  const find = prepareOpenedChat(db);
  return async (caller, other) => {
    const rows = await find({
      chatId: pairId(caller, other),
      caller: userKey(caller),
      other: userKey(other),
    });
    const [chat] = rows;
    if (!chat) return null;
    const { chat_id, username, nickname, avatar, is_blocked_user, is_blocked_by_user } = chat;
    const header = { chat_id, username, nickname, avatar, ...OFFLINE, is_blocked_user, is_blocked_by_user };
    return { ...header, messages: rows.map(toMessage).filter((message) => message !== null) };
  };
}

/** The chat with each of its messages; one row without a message when it has none. */
const prepareOpenedChat = (db: Kysely<ReadTables>) =>
  prepareQuery(db, (given: Given<{ chatId: string; caller: string; other: string }>) =>
    oneChat(db, { chatId: given('chatId'), caller: given('caller'), other: given('other') })
      .leftJoinLateral(newestMessages().limit(sql.lit(MESSAGES_SHOWN)).as('m'), (join) => join.onTrue())
      .select(['c.chat_id', 'other.username', 'other.nickname', 'other.avatar'])
      .select(blockColumns)
      .select(messageColumns)
      .orderBy('m.position', 'desc'),
  );
