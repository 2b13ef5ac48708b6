import { type Kysely, sql, type Transaction } from 'kysely';
import type { Logger } from 'pino';
import type { Clock } from '../../platform/clock.ts';
import { gatherCalls } from '../../platform/gather-calls.ts';
import { type Given, prepareQuery } from '../../platform/postgres/prepared-query.ts';
import { usernameKey } from '../../protocol/scalars.ts';
import type { AccountsDatabase } from './schema.ts';
import type { Session } from './session.ts';
import { newSecret, retentionStart, type SessionTokens, type SignedIn } from './session-tokens.ts';

/** Each new session sweeps away some long ended ones: the table never holds many more than are in use. */
const SWEPT_PER_START = 16;

export type StartSession = (
  transaction: Transaction<AccountsDatabase>,
  username: string,
) => Promise<SignedIn>;

/** The session, and its tokens, begin when the caller's transaction commits. */
export function createStartSession(tokens: SessionTokens, newId: () => string): StartSession {
  return async (transaction, username) => {
    const validity = tokens.validity();
    const sessionId = newId();
    await transaction
      .insertInto('sessions')
      .values({
        session_id: sessionId,
        user_key: usernameKey(username),
        expires_at: validity.expiresAt,
        refreshable_until: validity.refreshableUntil,
      })
      .execute();
    await sweep(transaction, retentionStart(validity.now));
    return tokens.issue(transaction, { sessionId, username }, validity, newSecret());
  };
}

async function sweep(transaction: Transaction<AccountsDatabase>, before: Date): Promise<void> {
  const old = transaction
    .selectFrom('sessions')
    .select('session_id')
    .where('refreshable_until', '<', before)
    .orderBy('refreshable_until')
    .limit(SWEPT_PER_START)
    .forUpdate()
    .skipLocked();
  await transaction.deleteFrom('sessions').where('session_id', 'in', old).execute();
}

/** A query's answer stays small, and the pool's other connections are for logins. */
const LOOK_UPS = { callsAtOnce: 2, keysPerCall: 500 };

export type FindSession = (sessionId: string) => Promise<Session | null>;

/**
 * Sessions that have not ended, read each time, so that a logout counts at once in every gateway. Those asked for at
 * once share a query.
 */
export function createFindSession(db: Kysely<AccountsDatabase>): FindSession {
  return gatherCalls(createFindAll(db), LOOK_UPS);
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

export interface SessionEnd {
  /** The session and its tokens stop working at once. */
  logOut(sessionId: string): Promise<void>;
  /** Ends the family of this token, which came from this address, if it has been used before. */
  revokeIfSpent(tokenHash: Buffer, address: string): Promise<void>;
}

export interface SessionEndOptions {
  readonly db: Kysely<AccountsDatabase>;
  readonly announce: (change: { change: 'logged_out' | 'revoked'; sessionId: string }) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The row is the truth, for every gateway; `announce` follows it and makes sockets close at once. Both may be repeated. */
export function createSessionEnd({ db, announce, clock, logger }: SessionEndOptions): SessionEnd {
  const end = () => db.updateTable('sessions').set({ ended_at: clock() }).where('ended_at', 'is', null);
  return {
    async logOut(sessionId) {
      await end().where('session_id', '=', sessionId).execute();
      // Also when it had ended before: that gateway may have died before it could say so.
      announce({ change: 'logged_out', sessionId });
    },
    async revokeIfSpent(tokenHash, address) {
      const revoked = await end()
        .where('session_id', 'in', (query) =>
          query
            .selectFrom('refresh_tokens')
            .select('session_id')
            .where('token_hash', '=', tokenHash)
            .where('spent_at', 'is not', null),
        )
        .returning('session_id')
        .executeTakeFirst();
      if (!revoked) return;
      const sessionId = revoked.session_id;
      // Once a family: the next time it has ended.
      logger.warn(
        { sessionId, address },
        'a spent refresh token came back, perhaps stolen: its session has been ended',
      );
      announce({ change: 'revoked', sessionId });
    },
  };
}
