import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { ReadModelsUnavailable } from './read-models.ts';
import type { ReadTables } from './tables.ts';
import { stillFilling, unlessUnavailable } from './unavailable.ts';

/** Answers a query, or rejects with `ReadModelsUnavailable`. */
export type Ask = <Answer>(query: () => Promise<Answer>) => Promise<Answer>;

/**
 * Read models that are being filled are as good as none: lists would lack what was said long ago, and a tab that were
 * welcomed might never hear what is said now. Once filled they stay so, unless they are made anew: that is looked up
 * again after they were away, and told by the queries that look at the checkpoint anyway.
 */
export function createAsk(db: Kysely<ReadTables>, logger: Logger): Ask {
  let known = false;
  const filled = async (): Promise<boolean> => {
    const checkpoint = await db.selectFrom('checkpoints').select('filled').executeTakeFirst();
    return checkpoint?.filled ?? false;
  };
  return async (query) => {
    try {
      return await unlessUnavailable(logger, async () => {
        known ||= await filled();
        if (!known) throw stillFilling();
        return query();
      });
    } catch (error) {
      if (error instanceof ReadModelsUnavailable) known = false;
      throw error;
    }
  };
}
