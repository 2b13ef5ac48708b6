import fc from 'fast-check';
import type { Fate } from './stepped-log.ts';

/** What somebody may want, and how often. */
const WISHES = {
  invite: 8,
  accept: 8,
  decline: 2,
  cancel: 3,
  block: 2,
  unblock: 2,
  finish: 3,
  announce: 1,
  'come or go': 4,
} as const;

export type Wish = keyof typeof WISHES;

const isWish = (name: string): name is Wish => Object.hasOwn(WISHES, name);

const wishes = Object.entries(WISHES).flatMap(([name, weight]) =>
  isWish(name) ? [{ weight, arbitrary: fc.constant(name) }] : [],
);

const index = fc.nat({ max: 1000 });

/** Longer than it takes to leave a thing to housekeeping, than a game lasts, than an inviter may be away, than an invitation is pending, in any order. */
const WAITS_MS = [1, 800, 2500, 25_000, 62_000, 110_000];

const fate = (faults: boolean) =>
  fc.oneof(
    { weight: 60, arbitrary: fc.constant<Fate>('answered') },
    {
      weight: faults ? 4 : 0,
      arbitrary: fc.constantFrom<Fate>('reply lost', 'not done', 'done later'),
    },
  );

const move = (faults: boolean) =>
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        move: fc.constant('ask'),
        wish: fc.oneof(...wishes),
        who: index,
        whom: index,
        which: index,
        at: index,
      }),
    },
    /** One thing that is waited for happens, and then so much of what it leads to. */
    {
      weight: 26,
      arbitrary: fc.record({
        move: fc.constant('go on'),
        which: index,
        fate: fate(faults),
        further: fc.nat({ max: 5 }),
      }),
    },
    { weight: 4, arbitrary: fc.record({ move: fc.constant('settle'), which: index, at: index }) },
    {
      weight: 2,
      arbitrary: fc.record({ move: fc.constant('wait'), ms: fc.constantFrom(...WAITS_MS) }),
    },
    { weight: 1, arbitrary: fc.record({ move: fc.constant('ask again'), which: index, at: index }) },
    {
      weight: faults ? 1 : 0,
      arbitrary: fc.record({ move: fc.constant('kill'), at: index, appendsToo: fc.boolean() }),
    },
  );

export type Move = ReturnType<typeof move> extends fc.Arbitrary<infer M> ? M : never;

/** Of the moves of all who take part, one after the other. With `faults` the log is away at times, and processes are killed. */
export const anySchedule = (faults: boolean) =>
  fc.record({
    players: fc.integer({ min: 3, max: 4 }),
    moves: fc.array(move(faults), { minLength: 40, maxLength: 100, size: 'max' }),
  });

export type Schedule = ReturnType<typeof anySchedule> extends fc.Arbitrary<infer S> ? S : never;
