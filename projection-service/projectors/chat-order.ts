import type { ChatsTable } from '../../read-models/tables.ts';
import type { Changes } from '../changes.ts';
import type { KnownRows } from '../known-rows.ts';

/** The position and the order of all chats without messages, so that being first among them means nothing. */
export const NO_MESSAGES = -1n;

/**
 * Puts the chat first on the lists of both its users. Where it stands first already its order stays as it is: it is in
 * two indexes, and most messages go to a chat that the last one went to.
 */
export function putFirst(changes: Changes, known: KnownRows, chat: ChatsTable, position: bigint): void {
  const users = [chat.user_a, chat.user_b];
  const isFirst = users.every(
    (user) => chat.order_position === (changes.firsts.get(user) ?? known.firsts.get(user)),
  );
  if (isFirst && chat.order_position !== NO_MESSAGES) return;
  chat.order_position = position;
  for (const user of users) changes.firsts.set(user, position);
}
