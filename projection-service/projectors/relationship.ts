import type {
  ChatStarted,
  RelationshipEvent,
  UserBlocked,
  UserUnblocked,
} from '../../domain/relationship.ts';
import { userKey } from '../../read-models/user-key.ts';
import { type Changes, countersOf } from '../changes.ts';
import { NO_MESSAGES } from './chat-order.ts';

/** Counters move with every event: the log holds none that changes nothing. Nobody gets a frame. */
export function projectRelationship(changes: Changes, event: RelationshipEvent): void {
  switch (event.type) {
    case 'ChatStarted':
      startChat(changes, event.data);
      break;
    case 'UserBlocked':
    case 'UserUnblocked':
      setBlock(changes, event);
      break;
    default:
      event satisfies never;
  }
}

function startChat(changes: Changes, { chatId, participants }: ChatStarted['data']): void {
  const [first, second] = [userKey(participants[0]), userKey(participants[1])];
  const [user_a, user_b] = first < second ? [first, second] : [second, first];
  changes.chats.set(chatId, {
    chat_id: chatId,
    user_a,
    user_b,
    sent_a: 0,
    sent_b: 0,
    read_a: 0,
    read_b: 0,
    last_position: NO_MESSAGES,
    order_position: NO_MESSAGES,
  });
  countersOf(changes, user_a).chats += 1;
  countersOf(changes, user_b).chats += 1;
}

function setBlock(changes: Changes, { type, data }: UserBlocked | UserUnblocked): void {
  const [blocker_key, blocked_key] = [userKey(data.blocker), userKey(data.blocked)];
  const blocked = type === 'UserBlocked';
  changes.blocks.set(`${blocker_key} ${blocked_key}`, { blocker_key, blocked_key, blocked });
  countersOf(changes, blocker_key).blockedUsers += blocked ? 1 : -1;
}
