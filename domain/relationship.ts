import { BEGUN_LIMIT, type BegunByUser, begunOn, withBegun } from './begun.ts';
import { accepted, type Decider, type Decision, type Issued, refused } from './decider.ts';
import { hasUser, sameUser, withoutUser, withUser } from './username.ts';

/** Stream `relationship-<pair>`: all that stands between two users. The pair's id is their chat's id. */
export type RelationshipEvent = ChatStarted | FriendAdded | FriendRemoved | UserBlocked | UserUnblocked;

export interface ChatStarted {
  readonly type: 'ChatStarted';
  readonly data: {
    readonly chatId: string;
    /** Usernames as registered; the one who started the chat first. */
    readonly participants: readonly [string, string];
    readonly date: string;
  };
}

/** A friendship has one direction. */
export interface FriendAdded {
  readonly type: 'FriendAdded';
  readonly data: {
    readonly adder: string;
    readonly friend: string;
    /** The friend has not been told of it today (UTC): it is worth a notification. */
    readonly isNews: boolean;
    readonly date: string;
  };
}

export interface FriendRemoved {
  readonly type: 'FriendRemoved';
  readonly data: { readonly remover: string; readonly friend: string; readonly date: string };
}

/** Ends both friendships. */
export interface UserBlocked {
  readonly type: 'UserBlocked';
  readonly data: { readonly blocker: string; readonly blocked: string; readonly date: string };
}

export interface UserUnblocked {
  readonly type: 'UserUnblocked';
  readonly data: { readonly blocker: string; readonly blocked: string; readonly date: string };
}

export interface Relationship {
  readonly chat: Chat | null;
  /** Keys of those of the two who block the other. */
  readonly blockers: readonly string[];
  /** Keys of those of the two who have added the other as a friend. */
  readonly adders: readonly string[];
  readonly begun: BegunByUser;
}

export interface Chat {
  readonly chatId: string;
  readonly participants: readonly [string, string];
}

/** The first chat stays, and who blocks or adds twice does it once, whatever a history holds. Ignores what it does not know. */
function evolve(relationship: Relationship, event: RelationshipEvent): Relationship {
  const { chat, blockers, adders, begun } = relationship;
  switch (event.type) {
    case 'ChatStarted': {
      const { chatId, participants } = event.data;
      return { ...relationship, chat: chat ?? { chatId, participants } };
    }
    case 'FriendAdded': {
      const { adder, isNews, date } = event.data;
      return {
        ...relationship,
        adders: withUser(adders, adder),
        begun: withBegun(begun, adder, date, isNews),
      };
    }
    case 'FriendRemoved':
      return { ...relationship, adders: withoutUser(adders, event.data.remover) };
    case 'UserBlocked':
      return { ...relationship, blockers: withUser(blockers, event.data.blocker), adders: [] };
    case 'UserUnblocked': {
      const { blocker, date } = event.data;
      return {
        ...relationship,
        blockers: withoutUser(blockers, blocker),
        begun: withBegun(begun, blocker, date),
      };
    }
    default:
      event satisfies never;
      return relationship;
  }
}

/** The chat as `username` sees it: who writes on the other side; null when it is not theirs or not there. */
export function chatOf(
  relationship: Relationship,
  username: string,
): { chatId: string; other: string } | null {
  if (!relationship.chat) return null;
  const { chatId, participants } = relationship.chat;
  const [first, second] = participants;
  if (sameUser(first, username)) return { chatId, other: second };
  if (sameUser(second, username)) return { chatId, other: first };
  return null;
}

export const blocks = (relationship: Relationship, username: string): boolean =>
  hasUser(relationship.blockers, username);

export type RelationshipCommand = StartChat | AddFriend | RemoveFriend | BlockUser | UnblockUser;

/** In each, the other user is named as the caller typed it: in any case, and perhaps nobody's name. */
export interface StartChat extends Issued {
  readonly type: 'start_chat';
  readonly other: string;
}

export interface AddFriend extends Issued {
  readonly type: 'add_friend';
  readonly friend: string;
}

export interface RemoveFriend extends Issued {
  readonly type: 'remove_friend';
  readonly friend: string;
}

export interface BlockUser extends Issued {
  readonly type: 'block_user';
  readonly blocked: string;
}

export interface UnblockUser extends Issued {
  readonly type: 'unblock_user';
  readonly blocked: string;
}

/** What the rules know of the pair. */
export interface Pair {
  /** Derived from the two, so that whoever starts their chat names the same one. */
  readonly chatId: string;
  /** The user whom the command names besides its actor. */
  readonly other: { readonly username: string; readonly erasure?: string | null } | null;
}

export type RelationshipRefusal =
  | 'self_chat'
  | 'self_friend'
  | 'self_block'
  | 'user_not_found'
  | 'already_friend'
  | 'not_friend'
  | 'blocked'
  | 'already_blocked'
  | 'not_blocked'
  | 'rate_limited';

type RelationshipDecision = Decision<RelationshipEvent, RelationshipRefusal>;

function decide(command: RelationshipCommand, relationship: Relationship, pair: Pair): RelationshipDecision {
  switch (command.type) {
    case 'start_chat':
      return startChat(command, relationship, pair);
    case 'add_friend':
      return addFriend(command, relationship, pair);
    case 'remove_friend':
      return removeFriend(command, relationship, pair);
    case 'block_user':
      return blockUser(command, relationship, pair);
    case 'unblock_user':
      return unblockUser(command, relationship, pair);
    default:
      return command satisfies never;
  }
}

/** To someone whom the other has blocked, the other looks like an unknown user; a chat that exists stays open. */
function startChat(
  command: StartChat,
  relationship: Relationship,
  { chatId, other }: Pair,
): RelationshipDecision {
  const { actor, date } = command;
  if (sameUser(actor, command.other)) return refused('self_chat');
  if (!other) return refused('user_not_found');
  if (relationship.chat) return accepted();
  if (other.erasure || blocks(relationship, other.username)) return refused('user_not_found');
  return accepted({
    type: 'ChatStarted',
    data: { chatId, participants: [actor, other.username], date },
  });
}

/** Needs no chat, and nobody's consent: only a block of either prevents it. */
function addFriend(command: AddFriend, relationship: Relationship, { other }: Pair): RelationshipDecision {
  const { actor: adder, friend, date } = command;
  if (sameUser(adder, friend)) return refused('self_friend');
  if (!other || other.erasure) return refused('user_not_found');
  if (relationship.blockers.length > 0) return refused('blocked');
  if (hasUser(relationship.adders, adder)) return refused('already_friend');
  const { count, isTold } = begunOn(relationship.begun, adder, date);
  if (count >= BEGUN_LIMIT) return refused('rate_limited');
  return accepted({ type: 'FriendAdded', data: { adder, friend: other.username, isNews: !isTold, date } });
}

function removeFriend(
  command: RemoveFriend,
  relationship: Relationship,
  { other }: Pair,
): RelationshipDecision {
  const { actor: remover, date } = command;
  if (!other) return refused('user_not_found');
  if (!hasUser(relationship.adders, remover)) return refused('not_friend');
  return accepted({ type: 'FriendRemoved', data: { remover, friend: other.username, date } });
}

function blockUser(command: BlockUser, relationship: Relationship, { other }: Pair): RelationshipDecision {
  const { actor: blocker, blocked, date } = command;
  if (sameUser(blocker, blocked)) return refused('self_block');
  if (!other) return refused('user_not_found');
  if (blocks(relationship, blocker)) return refused('already_blocked');
  return accepted({ type: 'UserBlocked', data: { blocker, blocked: other.username, date } });
}

function unblockUser(
  command: UnblockUser,
  relationship: Relationship,
  { other }: Pair,
): RelationshipDecision {
  const { actor: blocker, date } = command;
  if (!other) return refused('user_not_found');
  if (!blocks(relationship, blocker)) return refused('not_blocked');
  if (begunOn(relationship.begun, blocker, date).count >= BEGUN_LIMIT) return refused('rate_limited');
  return accepted({ type: 'UserUnblocked', data: { blocker, blocked: other.username, date } });
}

export const relationshipDecider: Decider<
  Relationship,
  RelationshipCommand,
  RelationshipEvent,
  RelationshipRefusal,
  Pair
> = {
  initial: { chat: null, blockers: [], adders: [], begun: {} },
  evolve,
  decide,
};
