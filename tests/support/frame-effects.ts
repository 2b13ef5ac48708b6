import type { z } from 'zod';
import type { ChatPreview, MessageResource, Notification } from '../../protocol/http-resources.ts';
import type { eventFrame } from '../../protocol/server-frames.ts';
import type { ShownChat, ShownTournament, Stance } from './user-pages.ts';

export type Frame = z.infer<typeof eventFrame>;

/*
 * What a client makes of a frame, for each page that it may have open. undefined: the frame tells too little, the page has to be loaded
 * again.
 */

/** A list of users by username: those are on it whose stance says so. A frame about somebody has no profile, so names are all it can tell. */
export const listAfter =
  (isOnIt: (stance: NonNullable<Stance>) => boolean) =>
  (usernames: readonly string[], frame: Frame): readonly string[] => {
    if (frame.action !== 'relationship_changed') return usernames;
    const { username, ...stance } = frame.data;
    const others = usernames.filter((other) => other !== username);
    return isOnIt(stance) ? [...others, username].sort() : others;
  };

/** Of one user's profile. Somebody who blocks the caller is not there. */
export const stanceAfter =
  (username: string) =>
  (before: Stance, frame: Frame): Stance => {
    if (frame.action !== 'relationship_changed' || frame.data.username !== username) return before;
    const { username: _, ...stance } = frame.data;
    return stance.is_blocked_by_user ? null : stance;
  };

/** What stands on the list of chats, but for what follows from a chat's messages. */
export type KnownChat = Omit<ShownChat, 'unread_messages_count' | 'last_message'>;

export function knownChat({
  chat_id,
  username,
  is_blocked_user,
  is_blocked_by_user,
}: ChatPreview): KnownChat {
  return { chat_id, username, is_blocked_user, is_blocked_by_user };
}

/** The chat with the newest message comes first. Of one that was opened since a frame does not say with whom it is. */
export function chatsAfter(chats: readonly KnownChat[], frame: Frame): readonly KnownChat[] | undefined {
  if (frame.action === 'new_message') {
    const chat = chats.find(({ chat_id }) => chat_id === frame.data.chat_id);
    return chat && [chat, ...chats.filter((other) => other !== chat)];
  }
  if (frame.action !== 'relationship_changed') return chats;
  const { username, is_blocked_user, is_blocked_by_user } = frame.data;
  return chats.map((chat) =>
    chat.username === username ? { ...chat, is_blocked_user, is_blocked_by_user } : chat,
  );
}

/** Of one chat, newest first. */
export const messagesAfter =
  (chatId: string) =>
  (messages: readonly MessageResource[], frame: Frame): readonly MessageResource[] | undefined => {
    if (!('chat_id' in frame.data) || frame.data.chat_id !== chatId) return messages;
    switch (frame.action) {
      case 'new_message': {
        const { id, content, date, sender, is_read, is_liked } = frame.data;
        return [{ id, content, date, sender, is_read, is_liked, read_at: null }, ...messages];
      }
      case 'like_message': {
        const { id, is_liked } = frame.data;
        return messages.map((message) => (message.id === id ? { ...message, is_liked } : message));
      }
      case 'read_message': {
        const { id, reader, date } = frame.data;
        const newest = messages.findIndex((message) => message.id === id);
        if (newest < 0) return undefined;
        return messages.map((message, index) =>
          index >= newest && message.sender !== reader && !message.is_read
            ? { ...message, is_read: true, read_at: date }
            : message,
        );
      }
      default:
        return messages;
    }
  };

/** Newest first; without those of tournaments that are closed, and of invitations that have ended: a new status takes it away. */
export function notificationsAfter(
  notifications: readonly Notification[],
  frame: Frame,
): readonly Notification[] {
  switch (frame.action) {
    case 'new_friend': {
      const { id, ...data } = frame.data;
      return [{ id, action: 'new_friend', data, is_read: false }, ...notifications];
    }
    case 'new_tournament': {
      const { id, ...data } = frame.data;
      return [{ id, action: 'new_tournament', data, is_read: false }, ...notifications];
    }
    case 'game_invite': {
      const { id, ...data } = frame.data;
      return [{ id, action: 'game_invite', data, is_read: false }, ...notifications];
    }
    case 'notification_updated':
      return updated(notifications, frame.data);
    default:
      return notifications;
  }
}

function updated(
  notifications: readonly Notification[],
  { id, is_read, status, date }: Extract<Frame, { action: 'notification_updated' }>['data'],
): readonly Notification[] {
  if (status !== undefined) return notifications.filter((notification) => notification.id !== id);
  if (is_read === undefined) return notifications;
  const isMeant = (notification: Notification) =>
    id === null ? date !== undefined && notification.data.date <= date : notification.id === id;
  return notifications.map((notification) =>
    isMeant(notification) ? { ...notification, is_read } : notification,
  );
}

/** The game that is being played; null: none. */
export function gameAfter(game: string | null, frame: Frame): string | null {
  if (frame.action === 'game_accepted') return frame.data.game_id;
  return frame.action === 'game_finished' && frame.data.game_id === game ? null : game;
}

/** Newest first. `announced`: tournaments by the ids of their notifications. */
export const tournamentsAfter =
  (announced: ReadonlyMap<string, string>) =>
  (tournaments: readonly ShownTournament[], frame: Frame): readonly ShownTournament[] => {
    if (frame.action === 'new_tournament') {
      const { tournament_id: id, tournament_name: name, alias, username: creator, date } = frame.data;
      return [{ id, name, alias, creator, status: 'pending', date }, ...tournaments];
    }
    if (frame.action !== 'notification_updated' || frame.data.status !== 'closed') return tournaments;
    const closed = announced.get(frame.data.id ?? '');
    return tournaments.map((tournament) =>
      tournament.id === closed ? { ...tournament, status: 'cancelled' } : tournament,
    );
  };
