import type { EventFrame, Notification } from '../wire.ts';
import type { Keeper } from './keeper.ts';
import { Kept } from './kept.ts';
import { type Listed, listPages, listStore } from './listed.ts';
import type { NotificationsStore } from './stores.ts';
import { type Unread, unreadCount } from './unread.ts';

export function notificationsStore(keeper: Keeper, unread: Kept<Unread>): NotificationsStore {
  const { api, live } = keeper.parts;
  const itself = (notification: Notification) => notification;
  const pages = listPages(
    (page) => api.notifications('all', page),
    itself,
    ({ id }) => id,
  );
  const kept = new Kept<Listed<Notification>>(keeper, { load: pages.first, apply: notificationsAfter });
  return {
    ...listStore(kept, pages, itself),
    unreadCount: unreadCount(unread),
    async markRead(id) {
      await live.request('read_notification', { id });
    },
    markAllRead: () => api.markAllNotificationsRead(),
  };
}

type Notifications = Listed<Notification>;

function notificationsAfter(notifications: Notifications, frame: EventFrame): Notifications | undefined {
  switch (frame.action) {
    case 'new_friend': {
      const { id, ...data } = frame.data;
      return withNew(notifications, { id, action: frame.action, data, is_read: false });
    }
    case 'new_tournament': {
      const { id, ...data } = frame.data;
      return withNew(notifications, { id, action: frame.action, data, is_read: false });
    }
    case 'game_invite': {
      const { id, ...data } = frame.data;
      return withNew(notifications, { id, action: frame.action, data, is_read: false });
    }
    case 'notification_updated':
      return updated(notifications, frame.data);
    default:
      return notifications;
  }
}

function withNew(notifications: Notifications, added: Notification): Notifications {
  const { entries, count } = notifications;
  if (entries.some(({ id }) => id === added.id)) return notifications;
  return { ...notifications, entries: [added, ...entries], count: count + 1 };
}

/** A new status takes it away: an invitation has ended, a tournament is closed. */
function updated(
  notifications: Notifications,
  { id, is_read, status, date }: Extract<EventFrame, { action: 'notification_updated' }>['data'],
): Notifications | undefined {
  const { entries, next, count } = notifications;
  if (status !== undefined) {
    const left = entries.filter((entry) => entry.id !== id);
    if (left.length < entries.length) return { ...notifications, entries: left, count: count - 1 };
    // Whether it was one of those that are not loaded is not known.
    return next === null ? notifications : undefined;
  }
  if (is_read === undefined) return notifications;
  const isMeant = (entry: Notification) =>
    id === null ? date !== undefined && entry.data.date <= date : entry.id === id;
  return {
    ...notifications,
    entries: entries.map((entry) => (isMeant(entry) ? { ...entry, is_read } : entry)),
  };
}
