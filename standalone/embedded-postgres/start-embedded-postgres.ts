import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Service } from '../../platform/service/service.ts';
import { findPostgresBinaries, majorOf } from './binaries.ts';
import { createCluster } from './create-cluster.ts';
import { launch } from './launch.ts';
import { operatingUser } from './operating-user.ts';
import { stopOrphan } from './orphan.ts';
import { reachableBinaries } from './reachable-binaries.ts';
import { holdServer } from './server-process.ts';
import { serverReady } from './server-ready.ts';
import { SETTINGS, settingFlags } from './settings.ts';
import { socketDirectory, urlAt } from './socket-directory.ts';

export interface EmbeddedPostgresOptions {
  /** Gets `postgres`, the cluster, and `postgres.log`. Only one process at a time may use it. */
  readonly directory: string;
  /** On the server's command line; no other server of the machine has it. */
  readonly name: string;
  /** The server has ended by itself: nothing that needs it works any more. */
  readonly onEnded: () => void;
  /** On top of `SETTINGS`. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres extends Service {
  /** Of the database `postgres`. */
  readonly url: string;
}

/** Longer than crash recovery takes on a slow disk. */
const READY_WITHIN_MS = 60_000;

/**
 * A real PostgreSQL from npm, its data kept between runs. Rejects with an error whose message is one line for a
 * person. (The package's own launcher is not used: it takes over the process's signals, and Ctrl-C reaches its server.)
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { directory, name, onEnded, settings } = options;
  const cluster = join(directory, 'postgres');
  const found = await findPostgresBinaries();
  await assertSameMajor(cluster, majorOf(found));
  const user = await operatingUser(cluster);
  const binaries = await reachableBinaries(found, user);
  await stopOrphan(cluster, name);

  const logFile = join(directory, 'postgres.log');
  const log = await open(logFile, 'w', 0o600);
  try {
    const run = { binaries, user, directory: cluster, log };
    const notStarted = async () =>
      new PostgresNotStarted(`PostgreSQL did not start: ${await lastWords(logFile)}`);
    if (!(await createCluster(run))) throw await notStarted();
    const flags = settingFlags({ ...SETTINGS, cluster_name: name, ...settings });
    const child = await launch({
      ...run,
      program: 'postgres',
      arguments: (known) => ['-D', known, '-c', `unix_socket_directories=${known}`, ...flags],
    });
    const server = holdServer(child);
    if (!(await serverReady(child, cluster, READY_WITHIN_MS))) {
      await server.stop();
      throw await notStarted();
    }
    server.onEnded(onEnded);
    const socket = await socketDirectory(cluster);
    return {
      name: 'postgresql',
      url: urlAt(socket),
      notReady: async () => (server.hasEnded() ? 'has ended' : null),
      stop: async () => {
        await server.stop();
        await socket.close();
      },
    };
  } finally {
    await log.close();
  }
}

async function assertSameMajor(cluster: string, major: string): Promise<void> {
  const written = (await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => major)).trim();
  if (written === major) return;
  throw new PostgresNotStarted(
    `DATA_DIR: ${cluster} was written by PostgreSQL ${written}, this Rally brings ${major}: choose another directory`,
  );
}

async function lastWords(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n');
  const fatal = lines.findLast((line) => /FATAL|PANIC|error:/.test(line));
  return `${fatal ?? lines.at(-1) ?? ''} (see ${logFile})`;
}

export class PostgresNotStarted extends Error {
  override readonly name = 'PostgresNotStarted';
}
