import DataLoader from 'dataloader';
import { type Kysely, sql } from 'kysely';
import { type Given, prepareQuery } from '../../platform/postgres/prepared-query.ts';
import type { AccountsDatabase } from './schema.ts';
import type { Session } from './session.ts';

/** Keeps one query's answer small; more at once are several queries. */
const BATCH_LIMIT = 500;

export type FindSession = (sessionId: string) => Promise<Session | null>;

/**
 * Sessions that have not ended, read each time, so that a logout counts at once in every gateway. Those asked for in
 * one turn of the event loop share a query.
 */
export function createFindSession(db: Kysely<AccountsDatabase>): FindSession {
  const findAll = createFindAll(db);
  const loader = new DataLoader<string, Session | null>(findAll, {
    cache: false,
    maxBatchSize: BATCH_LIMIT,
    batchScheduleFn: setImmediate,
  });
  return (sessionId) => loader.load(sessionId);
}

function createFindAll(db: Kysely<AccountsDatabase>) {
  const find = prepareQuery(db, (given: Given<{ ids: readonly string[] }>) =>
    db
      .selectFrom('sessions')
      .innerJoin('accounts', 'accounts.user_key', 'sessions.user_key')
      .select(['session_id', 'username', 'expires_at'])
      .where('session_id', '=', sql<string>`any(${given('ids')}::uuid[])`)
      .where('ended_at', 'is', null),
  );
  return async (ids: readonly string[]): Promise<ReadonlyArray<Session | null>> => {
    const rows = await find({ ids: [...new Set(ids)] });
    const found = new Map(
      rows.map(({ session_id, username, expires_at }) => [
        session_id,
        { sessionId: session_id, username, expiresAt: expires_at },
      ]),
    );
    return ids.map((id) => found.get(id) ?? null);
  };
}
