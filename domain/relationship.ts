import { accepted, type Decider, type Decision, refused } from './decider.ts';
import type { User } from './user.ts';
import { sameUser, usernameKey } from './username.ts';

/** Stream `relationship-<pair>`: all that stands between two users. The pair's id is their chat's id. */
export type RelationshipEvent = ChatStarted | UserBlocked | UserUnblocked;

export interface ChatStarted {
  readonly type: 'ChatStarted';
  readonly data: {
    readonly chatId: string;
    /** Usernames as registered; the one who started the chat first. */
    readonly participants: readonly [string, string];
    readonly date: string;
  };
}

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
export interface StartChat {
  readonly type: 'StartChat';
  /** Derived from the pair, so that whoever starts the chat names the same one. */
  readonly chatId: string;
  readonly initiator: string;
  readonly other: string;
  readonly date: string;
}

export interface BlockUser {
  readonly type: 'BlockUser';
  readonly blocker: string;
  readonly blocked: string;
  readonly date: string;
}

export interface UnblockUser {
  readonly type: 'UnblockUser';
  readonly blocker: string;
  readonly blocked: string;
  readonly date: string;
}

export type RelationshipRefusal =
  | 'self_chat'
  | 'self_block'
  | 'user_not_found'
  | 'already_blocked'
  | 'not_blocked';

type RelationshipDecision = Decision<RelationshipEvent, RelationshipRefusal>;

/** `other` is the user whom the command names besides its actor. */
function decide(command: RelationshipCommand, relationship: Relationship, other: User): RelationshipDecision {
  switch (command.type) {
    case 'StartChat':
      return startChat(command, relationship, other);
    case 'BlockUser':
      return blockUser(command, relationship, other);
    case 'UnblockUser':
      return unblockUser(command, relationship, other);
    default:
      return command satisfies never;
  }
}

/** To someone whom the other has blocked, the other looks like an unknown user; a chat that exists stays open. */
function startChat(command: StartChat, relationship: Relationship, other: User): RelationshipDecision {
  const { chatId, initiator, date } = command;
  if (sameUser(initiator, command.other)) return refused('self_chat');
  if (!other) return refused('user_not_found');
  if (relationship.chat) return accepted();
  if (blocks(relationship, other.username)) return refused('user_not_found');
  return accepted({
    type: 'ChatStarted',
    data: { chatId, participants: [initiator, other.username], date },
  });
}

function blockUser(command: BlockUser, relationship: Relationship, other: User): RelationshipDecision {
  const { blocker, blocked, date } = command;
  if (sameUser(blocker, blocked)) return refused('self_block');
  if (!other) return refused('user_not_found');
  if (blocks(relationship, blocker)) return refused('already_blocked');
  return accepted({ type: 'UserBlocked', data: { blocker, blocked: other.username, date } });
}

function unblockUser(command: UnblockUser, relationship: Relationship, other: User): RelationshipDecision {
  const { blocker, date } = command;
  if (!other) return refused('user_not_found');
  if (!blocks(relationship, blocker)) return refused('not_blocked');
  return accepted({ type: 'UserUnblocked', data: { blocker, blocked: other.username, date } });
}

export const relationshipDecider: Decider<
  Relationship,
  RelationshipCommand,
  RelationshipEvent,
  RelationshipRefusal,
  [User]
> = {
  initial: { chat: null, blockers: [] },
  evolve,
  decide,
};
