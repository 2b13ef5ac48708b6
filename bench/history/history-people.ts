import { pairId } from '../../platform/event-store/stream-name.ts';
import type { Crowd } from '../load-generator/crowd.ts';

/** Enough for a full page of chats. */
const PARTNERS = 33;

export interface HistoryChat {
  readonly chatId: string;
  readonly participants: readonly [string, string];
}

export interface HistoryPeople {
  /** They stand in the log alone: nobody can sign in as one. */
  readonly partners: readonly string[];
  /** Of each user of the crowd with each partner. */
  readonly chats: readonly HistoryChat[];
}

export function historyPeople(crowd: Crowd): HistoryPeople {
  const users = crowd.pairs.flatMap((pair) => pair.users.map(({ username }) => username));
  const partners = Array.from({ length: PARTNERS }, (_, number) => `partner${number}`);
  const chats = users.flatMap((user) =>
    partners.map(
      (partner): HistoryChat => ({ chatId: pairId(user, partner), participants: [user, partner] }),
    ),
  );
  return { partners, chats };
}
