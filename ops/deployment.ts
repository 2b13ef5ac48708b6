import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import type { EventStore } from '../platform/event-store/event-store.ts';
import { openEventStore } from '../platform/event-store/open-event-store.ts';
import type { Logger } from '../platform/logging/logger.ts';
import { connectionConfig } from '../platform/postgres/connection.ts';
import { createPostgresPool } from '../platform/postgres/postgres-pool.ts';
import { Parts } from '../platform/service/service.ts';
import { dataDirectoryOf } from '../standalone/configuration.ts';
import type { OpsConfiguration } from './configuration.ts';
import { CommandFailed } from './exit-codes.ts';

/** The Rally that a command works on: what its services read and write, reached past them. */
export interface Deployment {
  readonly configuration: OpsConfiguration;
  /** Of read models, accounts and leases; with `EVENT_STORE=postgres` of the log as well. */
  readonly databaseUrl: string;
  /** Of `databaseUrl`; its `bigint` columns are bigints. Always the same one. */
  readonly pool: pg.Pool;
  /** Always the same one, opened when it is first asked for. Rejects as `openEventStore` does. */
  store(): Promise<EventStore>;
  /** Never rejects. */
  close(): Promise<void>;
}

/** Connections of one command at most. */
const CONNECTIONS = 6;

/**
 * Uses the PostgreSQL at `DATABASE_URL`, else the embedded one of `DATA_DIR`: as it runs, or, while no Rally does, one that is started
 * for this command alone. Rejects with `CommandFailed` where there is none.
 */
export async function openDeployment(configuration: OpsConfiguration, logger: Logger): Promise<Deployment> {
  const parts = new Parts();
  try {
    const url = await findDatabase(configuration, parts);
    const pool = createPostgresPool({ url, applicationName: 'rally operator', max: CONNECTIONS, logger });
    parts.onStop('connections', () => pool.end());
    let opening: Promise<EventStore> | undefined;
    return {
      configuration,
      databaseUrl: url,
      pool,
      store() {
        opening ??= openEventStore({ ...configuration, DATABASE_URL: url }, logger).then((store) => {
          parts.onStop('event store', () => store.close());
          return store;
        });
        return opening;
      },
      close: () => parts.stop(),
    };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

async function findDatabase(configuration: OpsConfiguration, parts: Parts): Promise<string> {
  if (configuration.DATABASE_URL) return configuration.DATABASE_URL;
  const dataDirectory = resolve(dataDirectoryOf(configuration));
  const cluster = join(dataDirectory, 'postgres');
  if (!existsSync(join(cluster, 'PG_VERSION')))
    throw new CommandFailed(
      `there is no Rally in ${dataDirectory}: name another DATA_DIR, or the DATABASE_URL that its services have`,
    );
  const { socketDirectory, urlAt } = await import('../standalone/embedded-postgres/socket-directory.ts');
  const socket = await socketDirectory(cluster);
  const running = urlAt(socket);
  if (await answers(running)) {
    parts.onStop('socket directory', () => socket.close());
    return running;
  }
  await socket.close();
  const { openDatabase } = await import('../standalone/database.ts');
  const fail = () => {};
  const { url } = await openDatabase(
    { DATABASE_URL: undefined, DATA_DIR: dataDirectory, JWT_SECRET: undefined },
    { parts, fail },
  );
  return url;
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client(connectionConfig({ url, applicationName: 'rally operator' }));
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
