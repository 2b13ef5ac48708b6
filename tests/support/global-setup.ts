import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../standalone/embedded-postgres/start-embedded-postgres.ts';
import { copyCluster, makeClusterTemplate } from './cluster-template.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A database of the suite's own PostgreSQL in which test databases can be created. */
    postgresUrl: string;
    /** Where the files of a PostgreSQL are that has been made and never used. */
    clusterTemplate: string;
  }
}

/** One real PostgreSQL for the whole run; each test file makes a database of its own in it. */
export default async function startPostgres(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'rally-tests-'));
  const template = join(directory, 'template');
  await makeClusterTemplate(template);
  await copyCluster(template, directory);
  const postgres = await startEmbeddedPostgres({
    directory,
    name: basename(directory),
    onEnded: () => process.stderr.write('the PostgreSQL of the tests has ended\n'),
    settings: { max_connections: '300' },
  });
  project.provide('postgresUrl', postgres.url);
  project.provide('clusterTemplate', template);
  return async () => {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  };
}
