import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Logger } from 'pino';
import type { Clock } from '../../platform/clock.ts';
import type { AccountsDatabase } from './schema.ts';

/** Each new window sweeps away some that have ended: the table never holds many more than are going on. */
const SWEPT_PER_WINDOW = 16;

/** Whose attempts are counted together. */
export interface Attempter {
  /** The client's, as `ClientAddressOf` names it. */
  readonly address: string;
  /** Under which the client tries to sign in, where that is counted apart. Never logged. */
  readonly identifier?: string;
}

export interface LimitReached {
  readonly outcome: 'rate_limited';
  readonly retryAfterMs: number;
}

/** How often something may be attempted in a window, which starts with its first attempt. */
export interface AttemptLimit {
  /**
   * Does the work, or answers `LimitReached`. An attempt is counted before it takes place, so that a burst of them gets
   * no further than one after the other; it is given back when the work rejects or `counts` says no to its result.
   * A process that dies in between leaves it counted until the window ends.
   *
   * Rejects with the database's own error when it is away: no attempt goes uncounted.
   */
  count<Result>(
    attempter: Attempter,
    work: () => Promise<Result>,
    counts: (result: Result) => boolean,
  ): Promise<Result | LimitReached>;
  /** Forgets what was counted. */
  clear(attempter: Attempter): Promise<void>;
}

export interface AttemptLimitOptions {
  readonly db: Kysely<AccountsDatabase>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What is limited: of one name there is one limit. Logged as `limit` when it is reached. */
  readonly name: string;
  readonly limit: number;
  readonly windowS: number;
}

interface Reserved {
  readonly admitted: boolean;
  /** The first that was turned away in this window. */
  readonly isNews: boolean;
  readonly endsAt: Date;
}

/** Counts in PostgreSQL, for all gateways together. */
export function createAttemptLimit(options: AttemptLimitOptions): AttemptLimit {
  const { db, clock, logger, name, limit, windowS } = options;

  /** The window that is counted in, and whether there was room. Whoever is turned away costs a read, but for the first. */
  async function reserve(key: string): Promise<Reserved> {
    const now = clock();
    const full = await db
      .selectFrom('attempt_windows')
      .select(['ends_at', 'is_reported'])
      .where('key', '=', key)
      .where('ends_at', '>', now)
      .where('attempts', '>=', limit)
      .executeTakeFirst();
    if (full) {
      const isNews = !full.is_reported && (await setReported(key, full.ends_at));
      return { admitted: false, isNews, endsAt: full.ends_at };
    }
    const endsAt = new Date(now.getTime() + windowS * 1000);
    const hasEnded = sql<boolean>`attempt_windows.ends_at <= ${now}::timestamptz`;
    const reserved = await db
      .insertInto('attempt_windows')
      .values({ key, attempts: 1, is_reported: false, ends_at: endsAt })
      .onConflict((conflict) =>
        conflict
          .column('key')
          .doUpdateSet({
            attempts: sql`case when ${hasEnded} then 1 else attempt_windows.attempts + 1 end`,
            is_reported: sql`not ${hasEnded} and attempt_windows.is_reported`,
            ends_at: sql`case when ${hasEnded} then excluded.ends_at else attempt_windows.ends_at end`,
          })
          .where(({ or, eb }) => or([hasEnded, eb('attempt_windows.attempts', '<', limit)])),
      )
      .returning(['attempts', 'ends_at'])
      .executeTakeFirst();
    // Others were faster, and have filled it.
    if (!reserved) return reserve(key);
    if (reserved.attempts === 1) await sweep(now);
    return { admitted: true, isNews: false, endsAt: reserved.ends_at };
  }

  /** false: another one has told of it. */
  async function setReported(key: string, endsAt: Date): Promise<boolean> {
    const { numUpdatedRows } = await db
      .updateTable('attempt_windows')
      .set({ is_reported: true })
      .where('key', '=', key)
      .where('ends_at', '=', endsAt)
      .where('is_reported', '=', false)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Of this window only: a later one has not counted it. A window starts with an attempt, so one without any ends. */
  async function giveBack(key: string, endsAt: Date): Promise<void> {
    const { numDeletedRows } = await db
      .deleteFrom('attempt_windows')
      .where('key', '=', key)
      .where('ends_at', '=', endsAt)
      .where('attempts', '<=', 1)
      .executeTakeFirst();
    if (numDeletedRows > 0n) return;
    await db
      .updateTable('attempt_windows')
      .set(({ eb }) => ({ attempts: eb('attempts', '-', 1) }))
      .where('key', '=', key)
      .where('ends_at', '=', endsAt)
      .execute();
  }

  async function sweep(now: Date): Promise<void> {
    const ended = db
      .selectFrom('attempt_windows')
      .select('key')
      .where('ends_at', '<=', now)
      .orderBy('ends_at')
      .limit(SWEPT_PER_WINDOW)
      .forUpdate()
      .skipLocked();
    await db.deleteFrom('attempt_windows').where('key', 'in', ended).execute();
  }

  return {
    async count(attempter, work, counts) {
      const key = keyOf(name, attempter);
      const { admitted, isNews, endsAt } = await reserve(key);
      if (!admitted) {
        // Once a window, and of nobody but the address: a flood must not fill the log, nor the log tell of people.
        if (isNews) logger.warn({ limit: name, address: attempter.address, windowS }, 'limit reached');
        return { outcome: 'rate_limited', retryAfterMs: endsAt.getTime() - clock().getTime() };
      }
      let isCounted = false;
      try {
        const result = await work();
        isCounted = counts(result);
        return result;
      } finally {
        if (!isCounted) await giveBack(key, endsAt);
      }
    },
    async clear(attempter) {
      await db.deleteFrom('attempt_windows').where('key', '=', keyOf(name, attempter)).execute();
    },
  };
}

/** Short, and nobody's address or email can be read from it. */
const keyOf = (name: string, { address, identifier }: Attempter): string =>
  createHash('sha256')
    .update(JSON.stringify([name, address, identifier]))
    .digest('base64url');
