import type pg from 'pg';
import { newLogIdentity } from '../event-store.ts';
import { failure } from './failure.ts';

/** See `EventStore.identity`. Of several who give the log its first one at the same time, one is right for all. */
export async function identityOf(pool: pg.Pool): Promise<string> {
  const give = 'insert into event_log.identity (identity) values ($1) on conflict do nothing';
  await ask(pool, give, [newLogIdentity()]);
  const [given] = await ask(pool, 'select identity from event_log.identity', []);
  if (!given) throw new Error('the identity of the log was taken away');
  return given.identity;
}

/** See `EventStore.renewIdentity`. */
export async function renewIdentityOf(pool: pg.Pool): Promise<string> {
  const identity = newLogIdentity();
  await ask(
    pool,
    `insert into event_log.identity (identity) values ($1)
     on conflict (log) do update set identity = excluded.identity`,
    [identity],
  );
  return identity;
}

async function ask(pool: pg.Pool, text: string, values: string[]): Promise<{ identity: string }[]> {
  const { rows } = await pool
    .query<{ identity: string }>(text, values)
    .catch((error) => Promise.reject(failure(error)));
  return rows;
}
