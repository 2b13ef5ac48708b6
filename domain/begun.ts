import { usernameKey } from './username.ts';

/** Every change between two users needs their whole stream, so nobody may make it long: so many begin on a day. */
export const BEGUN_LIMIT = 20;

/** What each of two users has begun on their newest day, by key: friendships and lifted blocks. What ends them is bounded with them. */
export type BegunByUser = Readonly<Record<string, Begun>>;

interface Begun {
  /** UTC, as dates begin. */
  readonly day: string;
  readonly count: number;
  /** The other was told of a friendship. */
  readonly isTold: boolean;
}

/**
 * Of the day of `date`, or of a later one that is known: clocks of several services differ, and nobody is told twice for that.
 * Days compare as texts.
 */
export function begunOn(begun: BegunByUser, username: string, date: string): Begun {
  const day = date.slice(0, '2026-01-02'.length);
  const key = usernameKey(username);
  const known = Object.hasOwn(begun, key) ? begun[key] : undefined;
  return known && known.day >= day ? known : { day, count: 0, isTold: false };
}

/** One more. `isNews`: the other was told of it. */
export function withBegun(begun: BegunByUser, username: string, date: string, isNews = false): BegunByUser {
  const { day, count, isTold } = begunOn(begun, username, date);
  return { ...begun, [usernameKey(username)]: { day, count: count + 1, isTold: isTold || isNews } };
}
