import fc from 'fast-check';
import type { CloseCodeName } from '../../protocol/close-codes.ts';
import type { Fate } from '../duels/stepped-log.ts';
import type { Delivery } from './slow-bus.ts';

const index = fc.nat({ max: 1000 });

/** How long a user stays online without any session, and after how much silence a sign-in does not count. */
export const [GRACE_MS, LIMIT_MS] = [3000, 60_000];

/** Shorter and longer than the grace, than half of the limit, and than the limit. */
const WAITS_MS = [1, 800, GRACE_MS + 100, LIMIT_MS / 2 + 100, LIMIT_MS + 100];

const delivery = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Delivery>('answered') },
  { weight: 3, arbitrary: fc.constant<Delivery>('answered, and comes again') },
  { weight: 4, arbitrary: fc.constantFrom<Delivery>('comes later', 'reply lost', 'lost') },
);

const fate = fc.oneof(
  { weight: 30, arbitrary: fc.constant<Fate>('answered') },
  { weight: 2, arbitrary: fc.constantFrom<Fate>('reply lost', 'not done', 'done later') },
);

const at = index;

const move = fc.oneof(
  { weight: 10, arbitrary: fc.record({ move: fc.constant('open'), who: index, gateway: index }) },
  {
    weight: 7,
    arbitrary: fc.record({
      move: fc.constant('close'),
      gateway: index,
      tab: index,
      by: fc.constantFrom<'client' | CloseCodeName>('client', 'SLOW_CONSUMER', 'BAD_DATA'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ move: fc.constant('log out'), gateway: index, tab: index }) },
  /** Something comes of a sign-in. */
  { weight: 3, arbitrary: fc.record({ move: fc.constant('act'), gateway: index, tab: index }) },
  { weight: 24, arbitrary: fc.record({ move: fc.constant('deliver'), which: index, delivery, at }) },
  /** One read or append happens, and then so much of what it leads to. */
  {
    weight: 30,
    arbitrary: fc.record({ move: fc.constant('go on'), which: index, fate, further: fc.nat({ max: 6 }) }),
  },
  { weight: 3, arbitrary: fc.record({ move: fc.constant('wait'), ms: fc.constantFrom(...WAITS_MS) }) },
  /** A gateway does not beat for too long, though it may live. */
  { weight: 2, arbitrary: fc.record({ move: fc.constant('expel'), gateway: index }) },
  { weight: 2, arbitrary: fc.record({ move: fc.constant('notice'), gateway: index }) },
  { weight: 1, arbitrary: fc.record({ move: fc.constant('kill gateway'), gateway: index }) },
  { weight: 1, arbitrary: fc.record({ move: fc.constant('drain'), gateway: index }) },
  { weight: 1, arbitrary: fc.record({ move: fc.constant('kill service'), at, appendsToo: fc.boolean() }) },
  /** By one of two who keep house, perhaps on lists that lag behind by so many events. */
  {
    weight: 4,
    arbitrary: fc.record({ move: fc.constant('look'), by: index, lag: fc.constantFrom(0, 0, 1, 3, 10) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      move: fc.constant('work off'),
      by: index,
      list: index,
      lag: fc.constantFrom(0, 0, 1, 3, 10),
    }),
  },
);

export type Move = typeof move extends fc.Arbitrary<infer M> ? M : never;

/** Of the moves of all who take part, one after the other. */
export const anySchedule = fc.record({
  users: fc.constantFrom(1, 1, 1, 2, 3),
  gateways: fc.integer({ min: 1, max: 3 }),
  moves: fc.array(move, { minLength: 50, maxLength: 160, size: 'max' }),
});

export type Schedule = typeof anySchedule extends fc.Arbitrary<infer S> ? S : never;
