import { sql } from 'kysely';
import { pairId } from '../../platform/event-store/stream-name.ts';
import type { Given } from '../../platform/postgres/prepared-query.ts';
import type { OpenedChat } from '../../protocol/http-resources.ts';
import type { Reads, Snapshot } from '../snapshot.ts';
import { userKey } from '../user-key.ts';
import { blockColumns, messageColumns, newestMessages, oneChat, toMessage } from './chat-view.ts';

const MESSAGES_SHOWN = 30;

export function prepareOpenedChat(reads: Reads) {
  const find = prepareRows(reads);

  /** Its newest messages come newest first. null: the two have no chat. */
  return async (caller: string, other: string): Promise<Snapshot<OpenedChat | null>> => {
    const { rows, upTo } = await find({
      chatId: pairId(caller, other),
      caller: userKey(caller),
      other: userKey(other),
    });
    const [chat] = rows;
    if (!chat) return { answer: null, upTo };
    const { chat_id, username, nickname, avatar, is_online, is_blocked_user, is_blocked_by_user } = chat;
    const header = { chat_id, username, nickname, avatar, is_online, is_blocked_user, is_blocked_by_user };
    const messages = rows.map(toMessage).filter((message) => message !== null);
    return { answer: { ...header, messages }, upTo };
  };
}

/** The chat with each of its messages; one row without a message when it has none. */
const prepareRows = ({ db, prepare }: Reads) =>
  prepare((given: Given<{ chatId: string; caller: string; other: string }>) =>
    oneChat(db, { chatId: given('chatId'), caller: given('caller'), other: given('other') })
      .leftJoinLateral(newestMessages().limit(sql.lit(MESSAGES_SHOWN)).as('m'), (join) => join.onTrue())
      .select(['c.chat_id', 'other.username', 'other.nickname', 'other.avatar', 'other.is_online'])
      .select(blockColumns)
      .select(messageColumns)
      .orderBy('m.position', 'desc'),
  );
