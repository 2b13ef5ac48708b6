import type pg from 'pg';
import { ConfigurationError } from '../configuration/read-configuration.ts';

/** The oldest release whose behaviour is tried; older ones lack settings that each connection is given. */
const OLDEST = 15;

export interface ServerDescription {
  /** As the server counts: 150020 is 15.20. */
  readonly version: number;
  readonly encoding: string;
  readonly database: string;
}

/**
 * What a connection cannot set for itself: rejects with `ConfigurationError` when the database at `DATABASE_URL` could
 * not keep what Rally writes, and with the database's own error when it is away. To be called before tables are made.
 */
export async function assertUsableServer(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<ServerDescription>(
    `select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding,
      current_database() as database`,
  );
  const trouble = rows[0] && troubleWith(rows[0]);
  if (trouble) throw new ConfigurationError(`DATABASE_URL: ${trouble}`);
}

/** Why such a server cannot be used, and what to do about it; null: it can. */
export function troubleWith({ version, encoding, database }: ServerDescription): string | null {
  const release = Math.floor(version / 10_000);
  if (release < OLDEST) return `PostgreSQL ${release} is too old, Rally needs ${OLDEST} or newer`;
  if (encoding !== 'UTF8') {
    return `the database ${database} is encoded in ${encoding}, Rally needs UTF8: make one with "create database … encoding 'UTF8' template template0"`;
  }
  return null;
}
