import pg from 'pg';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { type ConnectionOptions, connectionConfig } from './connection.ts';
import { observePool } from './pool-metrics.ts';

export interface PostgresPoolOptions extends ConnectionOptions {
  /** Connections at most, kept open once they are. A query beyond them waits for a free one, at most `connectTimeoutMs`. */
  readonly max: number;
  readonly logger: Logger;
  /** Where it is told of, by `applicationName`. Default: nowhere. */
  readonly metrics?: Registry | undefined;
  /**
   * The server cancels statements that take longer, in milliseconds; where it is not there to do so, the query rejects
   * half a second later. 0, the default: never.
   */
  readonly statementTimeoutMs?: number;
  /** How long to wait for a connection, in milliseconds. Default 5,000: a busy server's worst, shorter than patience. */
  readonly connectTimeoutMs?: number;
}

/**
 * A pool whose `bigint` columns are bigints. It opens connections when they are needed and replaces broken ones; a
 * query on a broken one rejects (see `isUnavailable`).
 */
export function createPostgresPool(options: PostgresPoolOptions): pg.Pool {
  const { url, applicationName, max, logger } = options;
  const { statementTimeoutMs = 0, connectTimeoutMs = 5000 } = options;
  const settings = { ...options.settings, statement_timeout: String(statementTimeoutMs) };
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, BigInt);
  const pool = new pg.Pool({
    ...connectionConfig({ url, applicationName, settings }),
    max,
    types,
    keepAlive: true,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: connectTimeoutMs,
    ...(statementTimeoutMs > 0 && { query_timeout: statementTimeoutMs + 500 }),
  });
  // Whoever holds a client learns of its end by the rejected query; without a listener the process would end too.
  pool.on('connect', (client) => client.on('error', () => {}));
  pool.on('error', (error) => {
    if (pool.ending) return;
    logger.warn({ err: error, applicationName }, 'idle database connection lost');
  });
  if (options.metrics) observePool(options.metrics, pool, applicationName);
  return pool;
}
