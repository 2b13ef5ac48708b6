import type { NotificationFilter } from '../../protocol/http-requests.ts';
import type {
  ChatPreview,
  MessageResource,
  Notification,
  Page,
  PresenceProfile,
  Self,
  Tournament,
  UserDetails,
} from '../../protocol/http-resources.ts';
import type { Snapshot } from '../../read-models/snapshot.ts';

/** All pages of one user, each whole, however they are asked for. `upTo` is what `X-Rally-Position` says. */
export interface UserPages {
  self(): Promise<Snapshot<Self>>;
  /** A search for anybody. */
  users(): Promise<Snapshot<Page<PresenceProfile>>>;
  /** null: as if there were no such user. */
  user(username: string): Promise<Snapshot<UserDetails | null>>;
  friends(): Promise<Snapshot<Page<PresenceProfile>>>;
  blockedUsers(): Promise<Snapshot<Page<PresenceProfile>>>;
  chats(): Promise<Snapshot<Page<ChatPreview>>>;
  messages(username: string): Promise<Snapshot<Page<MessageResource>>>;
  notifications(filter: NotificationFilter): Promise<Snapshot<Page<Notification>>>;
  tournaments(): Promise<Snapshot<Page<Tournament>>>;
}

/** How the user stands to another; null: that one blocks the user, who cannot see it. */
export type Stance = Pick<UserDetails, 'is_friend' | 'is_blocked_user' | 'is_blocked_by_user'> | null;

/** A chat but for what is another's to tell: names and pictures, and whether somebody is there. */
export type ShownChat = Omit<ChatPreview, 'nickname' | 'avatar' | 'is_online'>;

type WithoutNames<Item> = Item extends Notification
  ? Omit<Item, 'data'> & { readonly data: Omit<Item['data'], 'nickname' | 'avatar' | 'invitee'> }
  : never;

export type ShownNotification = WithoutNames<Notification>;

/** By what it was announced with. */
export interface ShownTournament extends Pick<Tournament, 'id' | 'name' | 'alias' | 'date'> {
  /** Username. */
  readonly creator: string;
  readonly status: Tournament['status'] | 'unknown';
}

/**
 * What a client shows, as far as frames can keep it so. By contract no frame tells of: who is online (but to those who watch), what
 * somebody is called now, who has signed up, how many friends others have, a chat that was opened and is empty, and to its creator
 * and those who block the creator a tournament. What becomes of a tournament is told by its notification, so only to those who had one.
 */
export interface Picture {
  readonly unread_messages_count: number;
  readonly unread_notifications_count: number;
  readonly game_id: string | null;
  readonly users: readonly string[];
  readonly friends: readonly string[];
  /** Of the user's own profile. */
  readonly friends_count: number;
  readonly blocked_users: readonly string[];
  readonly chats: readonly ShownChat[];
  /** Of each chat, by the other's username. */
  readonly messages: Readonly<Record<string, readonly MessageResource[]>>;
  readonly stances: Readonly<Record<string, Stance>>;
  readonly notifications: readonly ShownNotification[];
  readonly unread: readonly ShownNotification[];
  readonly read: readonly ShownNotification[];
  readonly tournaments: readonly ShownTournament[];
}

export const usernamesOf = ({ items }: Page<PresenceProfile>): string[] =>
  items.map(({ username }) => username).sort();

export const stanceOf = (user: UserDetails | null): Stance => {
  if (!user) return null;
  const { is_friend, is_blocked_user, is_blocked_by_user } = user;
  return { is_friend, is_blocked_user, is_blocked_by_user };
};

export function shownChat({ nickname: _, avatar: __, is_online: ___, ...chat }: ChatPreview): ShownChat {
  return chat;
}

export function shownNotification(notification: Notification): ShownNotification {
  if (notification.action === 'new_friend') {
    const { nickname: _, avatar: __, ...data } = notification.data;
    return { ...notification, data };
  }
  if (notification.action === 'new_tournament') {
    const { nickname: _, avatar: __, ...data } = notification.data;
    return { ...notification, data };
  }
  const { nickname: _, avatar: __, invitee: ___, ...data } = notification.data;
  return { ...notification, data };
}

export function shownTournament({ id, name, alias, date, creator, status }: Tournament): ShownTournament {
  return { id, name, alias, date, creator: creator.username, status };
}

/** What the pages say now. `others`: whose profiles are looked at. */
export async function pictureNow(me: string, others: readonly string[], pages: UserPages): Promise<Picture> {
  const self = (await pages.self()).answer;
  const chats = (await pages.chats()).answer;
  const messages: Record<string, readonly MessageResource[]> = {};
  for (const { username } of chats.items) messages[username] = (await pages.messages(username)).answer.items;
  const stances: Record<string, Stance> = {};
  for (const username of others) stances[username] = stanceOf((await pages.user(username)).answer);
  return {
    unread_messages_count: self.unread_messages_count,
    unread_notifications_count: self.unread_notifications_count,
    game_id: self.game_id,
    users: usernamesOf((await pages.users()).answer),
    friends: usernamesOf((await pages.friends()).answer),
    friends_count: (await pages.user(me)).answer?.friends_count ?? Number.NaN,
    blocked_users: usernamesOf((await pages.blockedUsers()).answer),
    chats: chats.items.map(shownChat),
    messages,
    stances,
    notifications: (await pages.notifications('all')).answer.items.map(shownNotification),
    unread: (await pages.notifications('unread')).answer.items.map(shownNotification),
    read: (await pages.notifications('read')).answer.items.map(shownNotification),
    tournaments: (await pages.tournaments()).answer.items.map(shownTournament),
  };
}
