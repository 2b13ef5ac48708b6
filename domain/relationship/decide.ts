import { accepted, type Decider, type Decision, refused } from '../decider.ts';
import type { User } from '../user/evolve.ts';
import { sameUser } from '../username.ts';
import type { BlockUser, RelationshipCommand, StartChat, UnblockUser } from './commands.ts';
import type { RelationshipEvent } from './events.ts';
import { blocks, evolveRelationship, initialRelationship, type Relationship } from './evolve.ts';

export type RelationshipRefusal =
  | 'self_chat'
  | 'self_block'
  | 'user_not_found'
  | 'already_blocked'
  | 'not_blocked';

type RelationshipDecision = Decision<RelationshipEvent, RelationshipRefusal>;

/** `other` is the user whom the command names besides its actor. */
function decideRelationship(
  command: RelationshipCommand,
  relationship: Relationship,
  other: User,
): RelationshipDecision {
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
  initial: initialRelationship,
  evolve: evolveRelationship,
  decide: decideRelationship,
};
