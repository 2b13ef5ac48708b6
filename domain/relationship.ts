import { accepted, type Decider, type Decision, type Issued, refused } from './decider.ts';
import type { User } from './user.ts';
import { sameUser, usernameKey } from './username.ts';

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
}

export interface Chat {
  readonly chatId: string;
  readonly participants: readonly [string, string];
}

/** The first chat stays, and who blocks twice blocks once, whatever a history holds. Ignores what it does not know. */
function evolve(relationship: Relationship, event: RelationshipEvent): Relationship {
  switch (event.type) {
    case 'ChatStarted': {
      const { chatId, participants } = event.data;
      return { ...relationship, chat: relationship.chat ?? { chatId, participants } };
    }
    case 'FriendAdded':
    case 'FriendRemoved':
      return relationship;
    case 'UserBlocked':
      return {
        ...relationship,
        blockers: [...without(relationship, event.data.blocker), usernameKey(event.data.blocker)],
      };
    case 'UserUnblocked':
      return { ...relationship, blockers: without(relationship, event.data.blocker) };
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
  relationship.blockers.includes(usernameKey(username));

const without = (relationship: Relationship, username: string): readonly string[] =>
  relationship.blockers.filter((key) => key !== usernameKey(username));

export type RelationshipCommand = StartChat | BlockUser | UnblockUser;

/** In each, the other user is named as the caller typed it: in any case, and perhaps nobody's name. */
export interface StartChat extends Issued {
  readonly type: 'start_chat';
  readonly other: string;
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
  readonly other: User;
}

export type RelationshipRefusal =
  | 'self_chat'
  | 'self_block'
  | 'user_not_found'
  | 'already_blocked'
  | 'not_blocked';

type RelationshipDecision = Decision<RelationshipEvent, RelationshipRefusal>;

function decide(command: RelationshipCommand, relationship: Relationship, pair: Pair): RelationshipDecision {
  switch (command.type) {
    case 'start_chat':
      return startChat(command, relationship, pair);
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
  if (blocks(relationship, other.username)) return refused('user_not_found');
  return accepted({
    type: 'ChatStarted',
    data: { chatId, participants: [actor, other.username], date },
  });
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
  return accepted({ type: 'UserUnblocked', data: { blocker, blocked: other.username, date } });
}

export const relationshipDecider: Decider<
  Relationship,
  RelationshipCommand,
  RelationshipEvent,
  RelationshipRefusal,
  Pair
> = {
  initial: { chat: null, blockers: [] },
  evolve,
  decide,
};
