import pg from 'pg';
import type { Logger } from 'pino';
import { isUnavailable } from '../platform/postgres/is-unavailable.ts';
import { ReadModelsUnavailable } from './read-models.ts';

/** The projection service has not made the tables yet, or an operator has moved them away. */
const MISSING = new Set(['42P01', '3F000']);

export const areMissing = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && MISSING.has(error.code ?? '');

export const stillFilling = () => new ReadModelsUnavailable('the read models are being filled');

/** Rejects with `ReadModelsUnavailable` when the database is away or has no read models, else as `query` does. */
export async function unlessUnavailable<Answer>(
  logger: Logger,
  query: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await query();
  } catch (error) {
    const missing = areMissing(error);
    if (!missing && !isUnavailable(error)) throw error;
    logger.warn(
      { code: error instanceof Error && 'code' in error ? error.code : undefined },
      'read models away',
    );
    throw new ReadModelsUnavailable(missing ? 'there are no read models yet' : 'the database is away');
  }
}
