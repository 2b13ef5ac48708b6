import type { EventStore } from '../../platform/event-store/event-store.ts';
import { pairId, streamOf } from '../../platform/event-store/stream-name.ts';
import { appendMany, appendNew } from '../history/append-new.ts';

const date = new Date('2024-01-01T00:00:00.000Z').toISOString();

/** As everybody's names begin, so that short searches find many: usernames with these, nicknames with the others. */
const USERNAMES = ['ann', 'bela', 'cid', 'dora', 'emil', 'finn', 'gus', 'hana', 'ivo', 'jana', 'kim', 'lou'];
const NICKNAMES = ['rex', 'mia', 'leo', 'zoe', 'ana', 'bo', 'tom', 'ida', 'kai', 'eva', 'jo', 'lux', 'finja'];

const named = (beginnings: readonly string[], number: number): string =>
  `${beginnings[number % beginnings.length]}.${number.toString(36)}`;

/** The name of the nth of those who stand in the log alone: nobody can sign in as one. */
const memberName = (number: number): string => named(USERNAMES, number);

/** Of each of the crowd, done by the first of the members. */
const BLOCKS = 20;
const FRIENDS = 30;
/** Announced by the members after these. */
const TOURNAMENTS = 20;

/** Needs at least as many members: nobody does two of these. */
export const FEWEST_MEMBERS = BLOCKS + FRIENDS + TOURNAMENTS;

/** So many members, every second of them with a nickname of their own, written through the event store. */
export const loadMembers = (store: EventStore, count: number): Promise<void> =>
  appendMany(count, (number) => {
    const username = memberName(number);
    const profile = { username, nickname: username, avatar: '', date };
    return appendNew(
      store,
      streamOf('user', username),
      username,
      { type: 'UserRegistered', data: profile },
      ...(number % 2 === 0
        ? [{ type: 'ProfileUpdated', data: { ...profile, nickname: named(NICKNAMES, number) } } as const]
        : []),
    );
  });

/** What pages of the crowd's users have to show and to leave out: notifications of both kinds, and members who block them. */
export async function loadTies(store: EventStore, crowd: readonly string[]): Promise<void> {
  const members = Array.from({ length: FEWEST_MEMBERS }, (_, number) => memberName(number));
  const [blockers, adders, creators] = [
    members.slice(0, BLOCKS),
    members.slice(BLOCKS, BLOCKS + FRIENDS),
    members.slice(BLOCKS + FRIENDS),
  ];
  const pair = (member: string, user: string) => streamOf('relationship', pairId(member, user));
  await Promise.all([
    ...crowd.flatMap((user) => [
      ...blockers.map((blocker) =>
        appendNew(store, pair(blocker, user), blocker, {
          type: 'UserBlocked',
          data: { blocker, blocked: user, date },
        }),
      ),
      ...adders.map((adder) =>
        appendNew(store, pair(adder, user), adder, {
          type: 'FriendAdded',
          data: { adder, friend: user, isNews: true, date },
        }),
      ),
    ]),
    ...creators.map((creator) =>
      appendNew(store, streamOf('tournament', creator), creator, tournamentOf(creator)),
    ),
  ]);
}

const tournamentOf = (creator: string) =>
  ({
    type: 'TournamentCreated',
    data: {
      tournamentId: pairId(creator, creator),
      name: `The cup of ${creator}`,
      requiredParticipants: 4,
      alias: creator.slice(0, 12),
      settings: { score_to_win: 5, game_speed: 'medium', ranked: false, time_limit: 3, cool_mode: false },
      creator,
      date,
    },
  }) as const;

/** Beginnings of one to five characters of the members' names, of their nicknames too. */
export const searches: readonly string[] = [...USERNAMES, ...NICKNAMES].flatMap((beginning, index) =>
  [1, 2, 3, 4, 5].map((length) => `${beginning}.${((index + 7) ** 3).toString(36)}`.slice(0, length)),
);
