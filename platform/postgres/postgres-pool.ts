import pg from 'pg';
import type { Logger } from 'pino';

export interface PostgresPoolOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  /** What operators see in `pg_stat_activity`. */
  readonly applicationName: string;
  /** Connections at most. A query beyond it waits for a free one, at most `connectTimeoutMs`. */
  readonly max: number;
  readonly logger: Logger;
  /** The server cancels statements that take longer, in milliseconds; 0, the default: never. */
  readonly statementTimeoutMs?: number;
  /** How long to wait for a connection, in milliseconds. Default 5,000: a busy server's worst, shorter than a user's patience. */
  readonly connectTimeoutMs?: number;
}

/**
 * A pool whose `bigint` columns are bigints. It opens connections when they are needed and replaces broken ones; a
 * query on a broken one rejects (see `isUnavailable`).
 */
export function createPostgresPool(options: PostgresPoolOptions): pg.Pool {
  const { url, applicationName, max, logger, statementTimeoutMs = 0, connectTimeoutMs = 5000 } = options;
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, BigInt);
  const pool = new pg.Pool({
    connectionString: url,
    application_name: applicationName,
    max,
    types,
    keepAlive: true,
    connectionTimeoutMillis: connectTimeoutMs,
    ...(statementTimeoutMs > 0 && { statement_timeout: statementTimeoutMs }),
  });
  pool.on('error', (error) => logger.warn({ err: error, applicationName }, 'idle database connection lost'));
  return pool;
}
