import { randomBytes } from 'node:crypto';
import { env, stdout } from 'node:process';
import { startEmbeddedPostgres } from '../../standalone/embedded-postgres/start-embedded-postgres.ts';

export interface Loop {
  readonly port: number;
  /** Ends its connections with the database. */
  close(): Promise<void>;
}

/**
 * Runs one of the loops as Rally's embedded deployment runs: one process with a PostgreSQL of its own, of the same
 * version and with the same settings, in `DATA_DIR`. Prints the address once `serve` has resolved.
 * Ends, with its database, on SIGTERM or with the benchmark.
 */
export async function runLoop(serve: (databaseUrl: string) => Promise<Loop>): Promise<void> {
  const directory = env.DATA_DIR;
  if (!directory) throw new Error('DATA_DIR is not set');
  const name = `bench-${randomBytes(6).toString('hex')}`;
  const postgres = await startEmbeddedPostgres({ directory, name, onEnded: () => process.exit(1) });
  const serving = serve(postgres.url);
  const end = async () => {
    await serving.then((loop) => loop.close()).finally(() => postgres.stop());
    process.exit(0);
  };
  process.once('SIGTERM', end);
  process.once('disconnect', end);
  stdout.write(`http://127.0.0.1:${(await serving).port}\n`);
}
