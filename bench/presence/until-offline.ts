import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { READ_SCHEMA } from '../../read-models/schema-name.ts';

const LOOK_EVERY_MS = 200;
const GIVE_UP_MS = 60_000;

/** Connects to the PostgreSQL of a Rally that runs on its own, with its data in `directory`. */
export async function withDatabaseOf<Result>(
  directory: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ host: join(directory, 'postgres'), user: 'postgres', database: 'postgres' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Those who have closed their tabs go offline some seconds later, which is work as well. Rejects when they do not. */
export const untilNobodyIsOnline = (directory: string): Promise<void> =>
  withDatabaseOf(directory, async (client) => {
    const giveUpAt = performance.now() + GIVE_UP_MS;
    for (;;) {
      const { rowCount } = await client.query(`select 1 from ${READ_SCHEMA}.users where is_online limit 1`);
      if (rowCount === 0) return;
      if (performance.now() > giveUpAt) throw new Error('somebody is online still');
      await sleep(LOOK_EVERY_MS);
    }
  });
