import type { Kysely, Transaction } from 'kysely';
import type { AccountsDatabase } from './schema.ts';
import type { Client } from './session.ts';
import {
  retentionStart,
  type SessionTokens,
  type SignedIn,
  secretHash,
  type Validity,
} from './session-tokens.ts';
import type { SessionEnd } from './stored-sessions.ts';

export interface RefreshRequest {
  readonly refreshToken: string;
  readonly client: Client;
}

export interface SessionRenewal {
  /** Whether the token can be exchanged now. A spent one ends its family. */
  accepts(request: RefreshRequest): Promise<boolean>;
  /**
   * Exchanges the token for new ones; null when it is unknown, expired, spent, or its session has ended.
   *
   * Of two exchanges of one token at the same time one succeeds; the other shows that the token is in two hands, so
   * it ends the family, the winner's new tokens included. The same after a lost reply: the user signs in again.
   */
  renew(request: RefreshRequest): Promise<SignedIn | null>;
}

export interface SessionRenewalOptions {
  readonly db: Kysely<AccountsDatabase>;
  readonly tokens: SessionTokens;
  readonly end: SessionEnd;
  readonly announce: (change: { change: 'renewed'; sessionId: string; expiresAt: string }) => void;
}

/**
 * `announce` follows the commit. If it is lost, the session's sockets live on all the same: at their old end gateways
 * look the session up.
 */
export function createSessionRenewal({ db, tokens, end, announce }: SessionRenewalOptions): SessionRenewal {
  return {
    async accepts({ refreshToken, client }) {
      const hash = secretHash(refreshToken);
      const token = await db
        .selectFrom('refresh_tokens')
        .innerJoin('sessions', 'sessions.session_id', 'refresh_tokens.session_id')
        .select(['spent_at', 'refresh_tokens.expires_at', 'ended_at'])
        .where('token_hash', '=', hash)
        .executeTakeFirst();
      if (token?.spent_at) await end.revokeIfSpent(hash, client.address);
      return token?.spent_at === null && token.ended_at === null && token.expires_at > tokens.validity().now;
    },
    async renew({ refreshToken, client }) {
      const hash = secretHash(refreshToken);
      const validity = tokens.validity();
      const renewed = await db.transaction().execute(async (transaction) => {
        const sessionId = await spend(transaction, hash, validity);
        const username = sessionId && (await prolong(transaction, sessionId, validity));
        return username ? tokens.issue(transaction, { sessionId, username }, validity) : null;
      });
      if (!renewed) {
        await end.revokeIfSpent(hash, client.address);
        return null;
      }
      const { sessionId, expiresAt } = renewed.session;
      announce({ change: 'renewed', sessionId, expiresAt: expiresAt.toISOString() });
      return renewed;
    },
  };
}

/** The second of two at once waits for the first one's row lock and then finds the token spent. */
async function spend(
  transaction: Transaction<AccountsDatabase>,
  hash: Buffer,
  { now }: Validity,
): Promise<string | undefined> {
  const token = await transaction
    .updateTable('refresh_tokens')
    .set({ spent_at: now })
    .where('token_hash', '=', hash)
    .where('spent_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('session_id')
    .executeTakeFirst();
  return token?.session_id;
}

/** Answers the owner's name; undefined when the session has ended. */
async function prolong(
  transaction: Transaction<AccountsDatabase>,
  sessionId: string,
  { now, expiresAt, refreshableUntil }: Validity,
): Promise<string | undefined> {
  const session = await transaction
    .updateTable('sessions')
    .from('accounts')
    .whereRef('accounts.user_key', '=', 'sessions.user_key')
    .set({ expires_at: expiresAt, refreshable_until: refreshableUntil })
    .where('session_id', '=', sessionId)
    .where('ended_at', 'is', null)
    .returning('accounts.username')
    .executeTakeFirst();
  await transaction
    .deleteFrom('refresh_tokens')
    .where('session_id', '=', sessionId)
    .where('expires_at', '<', retentionStart(now))
    .execute();
  return session?.username;
}
