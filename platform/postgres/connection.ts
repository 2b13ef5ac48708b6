import { userInfo } from 'node:os';
import type pg from 'pg';
import { parse, toClientConfig } from 'pg-connection-string';

export interface ConnectionOptions {
  /** `postgres://user:password@host:port/database`. What it leaves out is Rally's default, never the environment's. */
  readonly url: string;
  /** What operators see in `pg_stat_activity`. */
  readonly applicationName: string;
  /** Server settings of the connection, such as `{ jit: 'off' }`, on top of `SESSION`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * What Rally's statements rest on, whatever the server, the database or the role has been given as its default: how
 * values are written and read, what a name means, how a transaction works, and that nothing ends by itself.
 */
const SESSION = {
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  transform_null_equals: 'off',
  // Every table of Rally's is named with its schema.
  search_path: 'pg_catalog',
  default_transaction_isolation: 'read committed',
  default_transaction_read_only: 'off',
  default_transaction_deferrable: 'off',
  synchronous_commit: 'on',
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
} as const satisfies Readonly<Record<string, string>>;

/**
 * The driver's configuration of one connection, which names everything: what it does not find there, the driver takes
 * from `PGPORT`, `PGSSLMODE`, `PGOPTIONS`, `USER`, `~/.pgpass` and their like, which are about other programs.
 *
 * The URL may hold more than an address: its `options` come before Rally's settings, and `sslmode` and the files
 * beside it mean what they mean to the driver.
 */
export function connectionConfig({ url, applicationName, settings }: ConnectionOptions): pg.ClientConfig {
  const parsed = parse(url);
  const named = toClientConfig(parsed);
  const user = named.user || userInfo().username;
  return {
    sslnegotiation: parsed.sslnegotiation ?? 'postgres',
    ...named,
    host: named.host || 'localhost',
    port: named.port ?? 5432,
    user,
    // Asked for only by a server that wants one. Without it, the driver would look into the environment and at home.
    password: named.password || (() => ''),
    database: named.database || user,
    ssl: tlsOf(parsed.ssl, named.ssl),
    application_name: named.application_name || applicationName,
    client_encoding: 'UTF8',
    options: [named.options ?? '', commandLine({ ...SESSION, ...settings })].join(' ').trim(),
  };
}

type Tls = NonNullable<pg.ClientConfig['ssl']>;

/** `ssl=` in the URL may be a word, which the library leaves out of what it has read: then TLS is meant all the same. */
function tlsOf(written: unknown, named: Tls | undefined): Tls {
  if (typeof written === 'string') return written === 'no-verify' ? { rejectUnauthorized: false } : true;
  return named ?? false;
}

const commandLine = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replaceAll(/[\\\s]/g, '\\$&')}`)
    .join(' ');
