import type { Readable } from '../readable.ts';
import type { EventFrame, Self } from '../wire.ts';
import { derived } from './derived.ts';
import type { Keeper } from './keeper.ts';
import { Kept } from './kept.ts';
import { type Unread, unreadCountOf } from './unread.ts';

/** `/self`, and what pushes have added to it. */
export interface KnownSelf {
  readonly self: Self;
  /** Messages were unread when it was loaded, so what reading some of them leaves is not known. */
  readonly wasUnread: boolean;
  /** Messages to the user that have come since and are not read, by chat, in order. */
  readonly unreadSince: Readonly<Record<string, readonly string[]>>;
}

export const keepSelf = (keeper: Keeper): Kept<KnownSelf> =>
  new Kept<KnownSelf>(keeper, {
    load: async () => {
      const { body: self, position } = await keeper.parts.api.self();
      return { body: { self, wasUnread: self.unread_messages_count > 0, unreadSince: {} }, position };
    },
    apply: selfAfter,
  });

/** Notifications are counted where each unread one is known. */
export const meStore = (self: Kept<KnownSelf>, unread: Kept<Unread>): Readable<Self | null> =>
  derived(
    () => [self, unread],
    () => {
      const known = self.get().value;
      const count = unreadCountOf(unread.get().value);
      return known && (count === null ? known.self : { ...known.self, unread_notifications_count: count });
    },
  );

function selfAfter(known: KnownSelf, frame: EventFrame): KnownSelf | undefined {
  const { self, wasUnread, unreadSince } = known;
  const change = (to: Partial<Self>) => ({ ...known, self: { ...self, ...to } });
  const unread = (chatId: string, ids: readonly string[], difference: number) => ({
    ...change({ unread_messages_count: self.unread_messages_count + difference }),
    unreadSince: { ...unreadSince, [chatId]: ids },
  });
  switch (frame.action) {
    case 'new_message': {
      const { chat_id, id, sender } = frame.data;
      return sender === self.username ? known : unread(chat_id, [...(unreadSince[chat_id] ?? []), id], 1);
    }
    case 'read_message': {
      const { chat_id, id, reader } = frame.data;
      if (reader !== self.username) return known;
      const ids = unreadSince[chat_id] ?? [];
      const read = ids.indexOf(id) + 1;
      return wasUnread || read === 0 ? undefined : unread(chat_id, ids.slice(read), -read);
    }
    case 'game_accepted': {
      const { game_id, ...opponent } = frame.data;
      return change({ game_id, is_engaged_in_game: true, opponent });
    }
    case 'game_finished':
      return frame.data.game_id === self.game_id ? change({ game_id: null, ...FREE }) : known;
    case 'game_declined':
    case 'game_invite_canceled': {
      if (!self.is_engaged_in_game || self.game_id !== null) return known;
      const { username } = frame.data;
      // One that has expired does not say whose it was.
      if (username === null) return undefined;
      // One is declined by its invitee, and cancelled by its inviter.
      const isOwn = (username === self.username) === (frame.action === 'game_invite_canceled');
      return isOwn ? change(FREE) : known;
    }
    default:
      return known;
  }
}

const FREE = { is_engaged_in_game: false, opponent: null };
