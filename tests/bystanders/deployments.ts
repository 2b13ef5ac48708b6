import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import { READ_SCHEMA } from '../../read-models/schema-name.ts';
import { childProcesses } from '../deployment/child-processes.ts';
import type { Deployment } from '../support/deployment.ts';
import { printed, type RallyProcess, spawnRally } from '../support/rally-process.ts';

/** What the idle connections shall exceed; what Linux allows a process unless it asks for more. */
const OPEN_FILES = 1024;
/** Other suites make many accounts from one address; this one is about who does. */
const DEFAULT_SIGNUP_LIMIT = '20';
/** Beside those who are there: what deep pages are deep in. */
const USERS = 200_000;

export interface AttackedDeployment extends Deployment {
  /** What its processes hold in memory, without PostgreSQL. */
  megabytes(): Promise<number>;
  /** Stops the projection service for as long as `work` takes: it stands for any pause. */
  withProjectionPaused<T>(work: () => Promise<T>): Promise<T>;
}

/** All in one process, as `make start` runs it, with few files and many users. */
export const startStandalone = (): Promise<AttackedDeployment> => start('standalone/main.js');

/** Two gateways and all services as processes of their own, as `make start-distributed` runs them. */
export const startLocalCluster = (): Promise<AttackedDeployment> => start('local-cluster/main.js');

async function start(entry: string): Promise<AttackedDeployment> {
  const home = await mkdtemp(join(tmpdir(), 'rally-attacked-'));
  const dataDirectory = join(home, 'data');
  const settings = {
    PORT: '0',
    OPS_PORT: '0',
    LOG_LEVEL: 'error',
    DATA_DIR: dataDirectory,
    SIGNUP_LIMIT: DEFAULT_SIGNUP_LIMIT,
  };
  const rally = spawnRally(entry, settings, { openFiles: OPEN_FILES });
  const [line] = await printed(rally, /Rally is ready: .*/);
  const [first = '', ...others] = line.match(/http:\/\/[\d.]+:\d+/g) ?? [];
  await addUsers(dataDirectory);
  const pid = rally.child.pid ?? 0;
  return {
    addresses: [first, ...others],
    megabytes: async () => residentMegabytes([pid, ...(await childProcesses(pid)).keys()]),
    withProjectionPaused: async (work) => {
      const projection = await projectionOf(rally);
      process.kill(projection, 'SIGSTOP');
      return work().finally(() => process.kill(projection, 'SIGCONT'));
    },
    async stop() {
      await rally.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function residentMegabytes(pids: readonly number[]): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=,comm=', '-p', pids.join()]);
  const kilobytes = stdout
    .split('\n')
    .map((line) => (line.endsWith('postgres') ? 0 : Number.parseInt(line, 10)));
  return Math.round(kilobytes.reduce((sum, each) => sum + (each || 0), 0) / 1024);
}

async function projectionOf({ child }: RallyProcess): Promise<number> {
  for (const [pid, line] of await childProcesses(child.pid ?? 0))
    if (line.includes('/projection-service/main.js')) return pid;
  throw new Error('no projection service of its own');
}

/** Straight into the read models: to sign so many up would take hours. */
async function addUsers(dataDirectory: string): Promise<void> {
  const socket = encodeURIComponent(join(dataDirectory, 'postgres'));
  const url = `postgres://postgres@localhost/postgres?host=${socket}`;
  const pool = createPostgresPool({
    url,
    applicationName: 'test',
    max: 1,
    logger: pino({ level: 'silent' }),
  });
  await pool.query(`set search_path to ${READ_SCHEMA}`);
  await pool.query(
    `insert into users (user_key, username, nickname, nickname_key, avatar, date_joined, registered_position, is_online)
     select name, name, name, name, '', now(), 0, false from (select 'z' || i as name from generate_series(1, ${USERS}) i) names`,
  );
  await pool.query(
    `insert into user_prefixes as old (prefix, users) values ('', ${USERS})
     on conflict (prefix) do update set users = old.users + excluded.users`,
  );
  await pool.query('analyze users');
  await pool.end();
}
