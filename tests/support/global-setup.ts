import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../standalone/embedded-postgres/start-embedded-postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A database of the suite's own PostgreSQL in which test databases can be created. */
    postgresUrl: string;
  }
}

/** One real PostgreSQL for the whole run; each test file makes a database of its own in it. */
export default async function startPostgres(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'rally-tests-'));
  const postgres = await startEmbeddedPostgres({
    directory,
    name: basename(directory),
    onEnded: () => process.stderr.write('the PostgreSQL of the tests has ended\n'),
    // Its data is for this run: nothing has to be there after a loss of power.
    settings: { max_connections: '300', fsync: 'off' },
  });
  project.provide('postgresUrl', postgres.url);
  return async () => {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  };
}
