import type pg from 'pg';
import { ConfigurationError } from '../../platform/configuration/read-configuration.ts';
import { assertUsableServer } from '../../platform/postgres/assert-usable-server.ts';
import { messageOf } from '../exit-codes.ts';
import { clockFinding } from './clock.ts';
import { bad, type Finding, judgeShare, ok } from './finding.ts';

const CHECK = 'PostgreSQL';

/** Whether it can be reached, as whom, and whether it can do what Rally asks of it. */
export async function checkPostgres(
  pool: pg.Pool,
  url: string,
): Promise<{ readonly usable: boolean; readonly findings: readonly Finding[] }> {
  const place = placeOf(url);
  try {
    await assertUsableServer(pool);
    const findings = [ok(CHECK, `answers at ${place}`), ...(await rightsAndRoom(pool)), await clock(pool)];
    return { usable: true, findings };
  } catch (error) {
    if (error instanceof ConfigurationError) {
      const advice = 'docs/operations/deploy.md says which servers will do';
      return { usable: false, findings: [bad(CHECK, error.message, advice)] };
    }
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const [seen, advice] = TROUBLE[code] ?? [
      messageOf(error),
      'look at DATABASE_URL, and at the log of the server',
    ];
    return { usable: false, findings: [bad(CHECK, `${place}: ${seen}`, advice)] };
  }
}

const NOBODY = [
  'nobody listens there',
  'start PostgreSQL, or correct host and port in DATABASE_URL',
] as const;
const PASSWORD = ['refuses the user or the password', 'correct user and password in DATABASE_URL'] as const;

const TROUBLE: Readonly<Record<string, readonly [seen: string, advice: string]>> = {
  ECONNREFUSED: NOBODY,
  ENOENT: NOBODY,
  ETIMEDOUT: NOBODY,
  EHOSTUNREACH: NOBODY,
  ENOTFOUND: ['there is no such host', 'correct the host in DATABASE_URL'],
  EAI_AGAIN: ['there is no such host', 'correct the host in DATABASE_URL'],
  '28P01': PASSWORD,
  '28000': PASSWORD,
  '3D000': ['there is no such database', 'create it, or correct its name in DATABASE_URL'],
  '53300': ['has no connection left', 'raise max_connections, or run fewer services'],
  '57P03': ['is starting up', 'wait'],
};

/** Without user and password. */
function placeOf(url: string): string {
  const { host, pathname, searchParams } = new URL(url);
  return `${searchParams.get('host') ?? host}${pathname}`;
}

async function rightsAndRoom(pool: pg.Pool): Promise<Finding[]> {
  const { rows } = await pool.query<{ used: number; most: number; may: boolean; size: number }>(
    `select (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as used,
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as most,
       has_database_privilege(current_database(), 'create') as may,
       pg_database_size(current_database())::float8 as size`,
  );
  const [row] = rows;
  if (!row) return [];
  const { used, most, may, size } = row;
  return [
    judgeShare(
      'connections',
      used / most,
      `${used} of ${most} in use`,
      'raise max_connections, or run fewer services',
    ),
    may
      ? ok('rights', `may create schemas; the database has ${Math.round(size / 1e6).toLocaleString('en')} MB`)
      : bad('rights', 'the user may not create schemas', 'grant create on the database to it'),
  ];
}

async function clock(pool: pg.Pool): Promise<Finding> {
  const sentAt = Date.now();
  const { rows } = await pool.query<{ now: number }>(
    'select extract(epoch from clock_timestamp())::float8 * 1000 as now',
  );
  const now = rows[0]?.now ?? sentAt;
  return clockFinding('PostgreSQL', { earliest: now, latest: now }, { sentAt, receivedAt: Date.now() });
}
