import type { Crowd } from '../load-generator/crowd.ts';
import type { PageRequest } from '../load-generator/page-load.ts';
import type { HistoryPeople } from './history-people.ts';

const PAGE = 30;

/** Each user's newest messages with each partner, all mixed up, so that no two neighbours ask for the same rows. */
export function messagePages(crowd: Crowd, { partners }: HistoryPeople): PageRequest[] {
  return partners.flatMap((partner) =>
    crowd.pairs.flatMap(({ users }) =>
      users.map(({ headers }) => ({ path: `/api/chats/${partner}/messages?limit=${PAGE}`, headers })),
    ),
  );
}

export const chatPages = (crowd: Crowd): PageRequest[] =>
  crowd.pairs.flatMap(({ users }) =>
    users.map(({ headers }) => ({ path: `/api/chats?limit=${PAGE}`, headers })),
  );
