import { accepted, type Decider, type Decision, refused } from '../decider.ts';
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

function decideRelationship(command: RelationshipCommand, relationship: Relationship): RelationshipDecision {
  switch (command.type) {
    case 'StartChat':
      return startChat(command, relationship);
    case 'BlockUser':
      return blockUser(command, relationship);
    case 'UnblockUser':
      return unblockUser(command, relationship);
    default:
      return command satisfies never;
  }
}

/** To someone whom the other has blocked, the other looks like an unknown user; a chat that exists stays open. */
function startChat(command: StartChat, relationship: Relationship): RelationshipDecision {
  const { chatId, initiator, other, date } = command;
  if (sameUser(initiator, other)) return refused('self_chat');
  if (relationship.chat) return accepted();
  if (blocks(relationship, other)) return refused('user_not_found');
  return accepted({ type: 'ChatStarted', data: { chatId, participants: [initiator, other], date } });
}

function blockUser({ blocker, blocked, date }: BlockUser, relationship: Relationship): RelationshipDecision {
  if (sameUser(blocker, blocked)) return refused('self_block');
  if (blocks(relationship, blocker)) return refused('already_blocked');
  return accepted({ type: 'UserBlocked', data: { blocker, blocked, date } });
}

function unblockUser(
  { blocker, blocked, date }: UnblockUser,
  relationship: Relationship,
): RelationshipDecision {
  if (!blocks(relationship, blocker)) return refused('not_blocked');
  return accepted({ type: 'UserUnblocked', data: { blocker, blocked, date } });
}

export const relationshipDecider: Decider<
  Relationship,
  RelationshipCommand,
  RelationshipEvent,
  RelationshipRefusal
> = {
  initial: initialRelationship,
  evolve: evolveRelationship,
  decide: decideRelationship,
};
