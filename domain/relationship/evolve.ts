import { sameUser, usernameKey } from '../username.ts';
import type { RelationshipEvent } from './events.ts';

export interface Relationship {
  readonly chat: Chat | null;
  /** Keys of those of the two who block the other. */
  readonly blockers: readonly string[];
}

export interface Chat {
  readonly chatId: string;
  readonly participants: readonly [string, string];
}

export const initialRelationship: Relationship = { chat: null, blockers: [] };

/** The first chat stays, and who blocks twice blocks once, whatever a history holds. Ignores what it does not know. */
export function evolveRelationship(relationship: Relationship, event: RelationshipEvent): Relationship {
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
