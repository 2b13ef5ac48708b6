import type pg from 'pg';
import { isUnavailable } from '../platform/postgres/is-unavailable.ts';
import { readFilling } from '../read-models/snapshot.ts';

/**
 * Why nobody can be served at the moment from the read models whose schema `inUse` resolves with, for an operator; null: everybody can.
 */
export async function readModelsTrouble(pool: pg.Pool, inUse: () => Promise<string>): Promise<string | null> {
  try {
    const filling = await readFilling(pool, await inUse());
    if (!filling) return 'the read models are missing';
    return filling.filled ? null : `filling the read models, at position ${filling.position}`;
  } catch (error) {
    return isUnavailable(error) ? 'the database is away' : 'the read models cannot be read';
  }
}
