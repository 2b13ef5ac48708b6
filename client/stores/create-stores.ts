import { Chat } from './chat.ts';
import { chatsStore } from './chats.ts';
import { Duel } from './duel.ts';
import { Keeper, type StoreParts } from './keeper.ts';
import { keepSelf, meStore } from './me.ts';
import { notificationsStore } from './notifications.ts';
import { Presence } from './presence.ts';
import type { Stores } from './stores.ts';
import { keepUnread } from './unread.ts';

export interface OwnedStores extends Stores {
  /**
   * Ends timers and forgets what is loaded, as when somebody signs out. What is still subscribed to is loaded again with the next
   * `welcome`.
   */
  close(): void;
}

/** Has no effect until somebody subscribes or calls a method. */
export function createStores(parts: StoreParts): OwnedStores {
  const keeper = new Keeper(parts);
  const self = keepSelf(keeper);
  const unread = keepUnread(keeper);
  const presence = new Presence(keeper);
  const chats = new Map<string, Chat>();
  return {
    me: meStore(self, unread),
    chats: chatsStore(keeper),
    chat(username) {
      const name = username.toLowerCase();
      const chat = chats.get(name) ?? new Chat(keeper, username);
      chats.set(name, chat);
      return chat;
    },
    notifications: notificationsStore(keeper, unread),
    presence: (username) => presence.of(username),
    duel: new Duel(keeper, self),
    close: () => keeper.forget('stopped'),
  };
}
