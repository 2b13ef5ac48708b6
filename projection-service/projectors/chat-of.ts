import type { ChatsTable } from '../../read-models/tables.ts';
import { UnprojectableEvent } from '../../read-models/unprojectable-event.ts';
import type { Changes } from '../changes.ts';
import type { KnownRows } from '../known-rows.ts';

/** The chat's row to change: as the batch has left it so far, else as it was before. */
export function chatOf(changes: Changes, known: KnownRows, chatId: string): ChatsTable {
  const changed = changes.chats.get(chatId);
  if (changed) return changed;
  const found = known.chats.get(chatId);
  if (!found) throw new UnprojectableEvent('in a chat that was never started');
  const row = { ...found };
  changes.chats.set(chatId, row);
  return row;
}

/** Which columns of the chat are this user's. Throws `UnprojectableEvent` for somebody who is not in it. */
export function sideOf(chat: ChatsTable, userKey: string): 'a' | 'b' {
  if (chat.user_a === userKey) return 'a';
  if (chat.user_b === userKey) return 'b';
  throw new UnprojectableEvent('by someone who is not in the chat');
}
