import { observeDisk } from '../platform/service/disk-metrics.ts';
import type { ProcessContext } from '../platform/service/run-process.ts';
import type { StandaloneConfiguration } from './configuration.ts';
import { openDataDirectory } from './data-directory/data-directory.ts';
import { startEmbeddedPostgres } from './embedded-postgres/start-embedded-postgres.ts';

export interface Database {
  readonly url: string;
  readonly jwtSecret: string;
  /** For a person: where the data is. */
  readonly place: string;
}

/** `DATA_DIR` is of the embedded PostgreSQL. */
type DatabaseConfiguration = Pick<StandaloneConfiguration, 'DATABASE_URL' | 'JWT_SECRET'> & {
  readonly DATA_DIR: string;
};

/** The PostgreSQL that was named, else the embedded one. */
export async function openDatabase(
  configuration: DatabaseConfiguration,
  { parts, fail, metrics }: Pick<ProcessContext, 'parts' | 'fail'> & Partial<Pick<ProcessContext, 'metrics'>>,
): Promise<Database> {
  const { DATABASE_URL, DATA_DIR, JWT_SECRET } = configuration;
  if (DATABASE_URL && JWT_SECRET) {
    return { url: DATABASE_URL, jwtSecret: JWT_SECRET, place: new URL(DATABASE_URL).host };
  }
  const directory = await openDataDirectory(DATA_DIR);
  parts.onStop('data directory', () => directory.release());
  if (metrics) observeDisk(metrics, directory.path);
  const postgres = await parts.add(
    startEmbeddedPostgres({
      directory: directory.path,
      name: directory.cluster,
      onEnded: () => fail('PostgreSQL has ended'),
    }),
  );
  return { url: postgres.url, jwtSecret: JWT_SECRET ?? directory.jwtSecret, place: directory.path };
}
