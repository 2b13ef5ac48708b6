import { userKey } from '../../read-models/user-key.ts';
import type {
  Picture,
  ShownChat,
  ShownNotification,
  ShownTournament,
  Stance,
} from '../support/user-pages.ts';
import type { Cause, Chronicle } from './chronicle.ts';

/** What the pages of `me` have to say by then. `others`: whose profiles are looked at. */
export function expectedPicture(chronicle: Chronicle, me: string, others: readonly string[]): Picture {
  const key = userKey(me);
  const { people, blocks, friends, causes, closed, games } = chronicle;
  const usernames = (isMeant: (other: string) => boolean) =>
    [...people]
      .filter(([other]) => isMeant(other))
      .map(([, { username }]) => username)
      .sort();
  const befriended = usernames((other) => friends.has(`${key} ${other}`));
  const chats = chatsOf(chronicle, me);
  const notifications = causes
    .filter((cause) => cause.told.has(key) && !chronicle.isOver(cause))
    .map((cause) => shown(cause, chronicle.isRead(cause, key)))
    .reverse();
  const unread = notifications.filter(({ is_read }) => !is_read);
  return {
    unread_messages_count: chats.reduce((sum, chat) => sum + chat.shown.unread_messages_count, 0),
    unread_notifications_count: unread.length,
    game_id: games.get(key) ?? null,
    users: usernames((other) => !blocks.has(`${other} ${key}`)),
    friends: befriended,
    friends_count: befriended.length,
    blocked_users: usernames((other) => blocks.has(`${key} ${other}`)),
    chats: chats.map((chat) => chat.shown),
    messages: Object.fromEntries(chats.map(({ shown, messages }) => [shown.username, messages])),
    stances: Object.fromEntries(others.map((other) => [other, stance(chronicle, key, userKey(other))])),
    notifications,
    unread,
    read: notifications.filter(({ is_read }) => is_read),
    tournaments: causes.flatMap((cause) => tournament(cause, closed)).reverse(),
  };
}

function stance({ blocks, friends }: Chronicle, me: string, other: string): Stance {
  if (blocks.has(`${other} ${me}`)) return null;
  return {
    is_friend: friends.has(`${me} ${other}`),
    is_blocked_user: blocks.has(`${me} ${other}`),
    is_blocked_by_user: false,
  };
}

function chatsOf({ chats, blocks }: Chronicle, me: string) {
  const key = userKey(me);
  const mine = chats.flatMap(({ chatId, participants, messages }) => {
    const username = participants.find((participant) => participant !== me);
    if (username === undefined || !participants.includes(me)) return [];
    const newest = messages.map(({ position: _, ...message }) => message).reverse();
    const shown: ShownChat = {
      chat_id: chatId,
      username,
      is_blocked_user: blocks.has(`${key} ${userKey(username)}`),
      is_blocked_by_user: blocks.has(`${userKey(username)} ${key}`),
      unread_messages_count: newest.filter(({ sender, is_read }) => sender !== me && !is_read).length,
      last_message: newest[0] ?? null,
    };
    return [{ shown, messages: newest, position: messages.at(-1)?.position ?? -1n }];
  });
  return mine.sort((a, b) => {
    if (a.position !== b.position) return a.position > b.position ? -1 : 1;
    return a.shown.chat_id > b.shown.chat_id ? -1 : 1;
  });
}

function shown({ id, event, by: { username } }: Cause, is_read: boolean): ShownNotification {
  const { date } = event.data;
  if (event.type === 'FriendAdded') return { id, action: 'new_friend', data: { username, date }, is_read };
  if (event.type === 'InviteSent') {
    const { invitationId: game_id, options } = event.data;
    const told = {
      game_id,
      client_id: null,
      username,
      options,
      settings: options,
      status: 'pending',
      date,
    } as const;
    return { id, action: 'game_invite', data: told, is_read };
  }
  const { tournamentId: tournament_id, name: tournament_name, alias } = event.data;
  const data = {
    tournament_id,
    tournament_name,
    creator: alias,
    alias,
    username,
    status: 'open',
    date,
  } as const;
  return { id, action: 'new_tournament', data, is_read };
}

function tournament({ event }: Cause, closed: ReadonlySet<string>): ShownTournament[] {
  if (event.type !== 'TournamentCreated') return [];
  const { tournamentId: id, name, alias, creator, date } = event.data;
  return [{ id, name, alias, creator, date, status: closed.has(id) ? 'cancelled' : 'pending' }];
}
