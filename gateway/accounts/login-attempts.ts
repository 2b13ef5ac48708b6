import { createHash } from 'node:crypto';
import type pg from 'pg';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { SCHEMA } from './schema.ts';

/** Tries per address for each try per account and address. */
const ADDRESS_FACTOR = 10;

export interface LoginAttemptLimit {
  /** Failed tries of one account from one address in a window. */
  readonly limit: number;
  readonly windowS: number;
}

/**
 * Failed logins, counted in Postgres for all gateways together.
 *
 * A try is counted before the password is looked at and taken back when it was right: a burst of tries at once
 * gets no more of them than one after the other.
 */
export interface LoginAttempts {
  admit(account: string, address: string): Promise<Admission>;
  succeeded(account: string, address: string): Promise<void>;
}

export type Admission =
  | { readonly outcome: 'admitted' }
  | { readonly outcome: 'rate_limited'; readonly retryAfterMs: number };

/** Both methods reject with the database's own error when it is away: no try goes uncounted. */
export function createLoginAttempts(pool: pg.Pool, { limit, windowS }: LoginAttemptLimit): LoginAttempts {
  const store = {
    storeClient: pool,
    storeType: 'pool',
    schemaName: SCHEMA,
    tableName: 'login_attempts',
    tableCreated: true,
    duration: windowS,
  };
  const ofPair = new RateLimiterPostgres({ ...store, keyPrefix: 'pair', points: limit });
  const ofAddress = new RateLimiterPostgres({
    ...store,
    keyPrefix: 'address',
    points: limit * ADDRESS_FACTOR,
  });
  return {
    async admit(account, address) {
      const pair = await consume(ofPair, pairKey(account, address));
      if (pair.outcome === 'rate_limited') return pair;
      const all = await consume(ofAddress, digest(address));
      if (all.outcome === 'rate_limited') await giveBack(ofPair, pairKey(account, address));
      return all;
    },
    async succeeded(account, address) {
      await ofPair.delete(pairKey(account, address));
      await giveBack(ofAddress, digest(address));
    },
  };
}

async function consume(limiter: RateLimiterPostgres, key: string): Promise<Admission> {
  try {
    await limiter.consume(key);
    return { outcome: 'admitted' };
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    return { outcome: 'rate_limited', retryAfterMs: refusal.msBeforeNext };
  }
}

/** A window starts with a failed try: one without any does not go on. */
async function giveBack(limiter: RateLimiterPostgres, key: string): Promise<void> {
  const { consumedPoints } = await limiter.reward(key);
  if (consumedPoints <= 0) await limiter.delete(key);
}

const pairKey = (account: string, address: string): string => digest(`${account}\n${address}`);

/** Short enough for the table, and nobody's address or email can be read from it. */
const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');
