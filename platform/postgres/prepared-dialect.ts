import { createHash } from 'node:crypto';
import { PostgresDialect, type PostgresPoolClient } from 'kysely';
import pg from 'pg';

/** Far more than the code has statements: those whose text is put together anew each time stay unprepared. */
const NAMES_LIMIT = 500;

/**
 * Server settings for connections that prepare their statements: each is planned once, for all values, and as is right
 * for big tables even while they are empty and have no statistics: not by reading them from end to end.
 */
export const PLANNED_ONCE = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  jit: 'off',
};

/**
 * The same for connections that only look up single rows and short pages. Left to choose, the server takes a limit that
 * it does not know for a tenth of the table and would rather plan anew each time, which costs more than the page.
 */
export const PAGE_PLANNING = {
  ...PLANNED_ONCE,
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
};

/**
 * Kysely on a pool, each statement with parameters prepared once per connection: for short queries, planning
 * costs the server as much as answering. The pool stays the caller's, and may have other users.
 */
export function preparedDialect(pool: pg.Pool): PostgresDialect {
  const names = new Map<string, string>();

  /** The same for the same text, whoever prepares it on the connection. */
  function nameOf(text: string): string | undefined {
    const known = names.get(text);
    if (known !== undefined || names.size >= NAMES_LIMIT) return known;
    const name = createHash('sha1').update(text).digest('base64url');
    names.set(text, name);
    return name;
  }

  /** One that gave no answer is not used again: it may still owe it, and all later ones would wait behind that. */
  const preparing = (client: pg.PoolClient): PostgresPoolClient => {
    let isSilent = false;
    return Object.create(client, {
      query: {
        async value(text: string, parameters: readonly unknown[] = []) {
          const name = parameters.length > 0 ? nameOf(text) : undefined;
          try {
            return await client.query({ text, values: [...parameters], ...(name !== undefined && { name }) });
          } catch (error) {
            if (!(error instanceof pg.DatabaseError)) isSilent = true;
            throw error;
          }
        },
      },
      release: { value: () => client.release(isSilent) },
    });
  };

  /** One for each client: Kysely keeps what it knows of a connection by the object that it gets. */
  const known = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  const connect = async (): Promise<PostgresPoolClient> => {
    const client = await pool.connect();
    const prepared = known.get(client) ?? preparing(client);
    known.set(client, prepared);
    return prepared;
  };

  return new PostgresDialect({ pool: { connect, end: () => pool.end() } });
}
