import type { Kysely, Transaction } from 'kysely';
import type { AccountsDatabase } from './schema.ts';
import type { Client, Session } from './session.ts';
import {
  retentionStart,
  type SessionTokens,
  type SignedIn,
  secretHash,
  type Validity,
} from './session-tokens.ts';
import type { SessionEnd } from './stored-sessions.ts';
import type { Succession } from './succession.ts';

export interface RefreshRequest {
  readonly refreshToken: string;
  readonly client: Client;
}

export interface SessionRenewal {
  /** Whether `renew` would give tokens for it now. A token that was spent too long ago ends its family. */
  accepts(request: RefreshRequest): Promise<boolean>;
  /**
   * Exchanges the token for new ones; null when it is unknown, expired, spent, or its session has ended.
   *
   * Within the grace of its first use a spent one is answered as it was then, with the same tokens, unless its successor has been
   * used: a reply that got lost can be asked for again, and of any number of exchanges at the same time all succeed. Later, the token
   * is in two hands, so it ends the family, the newest tokens included.
   */
  renew(request: RefreshRequest): Promise<SignedIn | null>;
}

export interface SessionRenewalOptions {
  readonly db: Kysely<AccountsDatabase>;
  readonly tokens: SessionTokens;
  readonly succession: Succession;
  /** 0: none. */
  readonly graceS: number;
  readonly end: SessionEnd;
  readonly announce: (change: { change: 'renewed'; sessionId: string; expiresAt: string }) => void;
}

/**
 * `announce` follows the commit. If it is lost, the session's sockets live on all the same: at their old end gateways
 * look the session up.
 */
export function createSessionRenewal(options: SessionRenewalOptions): SessionRenewal {
  const { db, tokens, succession, graceS, end, announce } = options;

  /** null: the token cannot be spent (any more). */
  const spend = (refreshToken: string, validity: Validity): Promise<SignedIn | null> =>
    db.transaction().execute(async (transaction) => {
      const salt = succession.newSalt();
      const sessionId = await setSpent(transaction, secretHash(refreshToken), salt, validity);
      const username = sessionId && (await prolong(transaction, sessionId, validity));
      if (!username) return null;
      const successor = succession.successorOf(refreshToken, salt);
      return tokens.issue(transaction, { sessionId, username }, validity, successor);
    });

  /**
   * What the first use of this token was answered with, if it may be answered again; a spent token that may not ends its family.
   * Nothing is written for a repetition: the session was prolonged the first time.
   */
  async function repeat(
    { refreshToken, client }: RefreshRequest,
    { now }: Validity,
  ): Promise<{ readonly session: Session; readonly refreshToken: string } | null> {
    const hash = secretHash(refreshToken);
    const spent = await db
      .selectFrom('refresh_tokens')
      .innerJoin('sessions', 'sessions.session_id', 'refresh_tokens.session_id')
      .innerJoin('accounts', 'accounts.user_key', 'sessions.user_key')
      .select(['sessions.session_id', 'accounts.username', 'sessions.expires_at'])
      .select(['spent_at', 'successor_salt', 'ended_at'])
      .where('token_hash', '=', hash)
      .where('spent_at', 'is not', null)
      .executeTakeFirst();
    if (!spent?.spent_at || spent.ended_at) return null;
    const { session_id: sessionId, username, expires_at: expiresAt, successor_salt: salt } = spent;
    if (salt && isWithin(graceS * 1000, spent.spent_at, now)) {
      const successor = succession.successorOf(refreshToken, salt);
      // Every newer token comes after this one.
      if (await isFresh(db, secretHash(successor), now))
        return { session: { sessionId, username, expiresAt }, refreshToken: successor };
    }
    await end.revokeIfSpent(hash, client.address);
    return null;
  }

  return {
    async accepts(request) {
      const validity = tokens.validity();
      return (
        (await isFresh(db, secretHash(request.refreshToken), validity.now)) ||
        (await repeat(request, validity)) !== null
      );
    },
    async renew(request) {
      const validity = tokens.validity();
      const renewed = await spend(request.refreshToken, validity);
      if (renewed) {
        const { sessionId, expiresAt } = renewed.session;
        announce({ change: 'renewed', sessionId, expiresAt: expiresAt.toISOString() });
        return renewed;
      }
      const repeated = await repeat(request, validity);
      return repeated && tokens.issueAgain(repeated.session, repeated.refreshToken);
    },
  };
}

/**
 * Another gateway's clock has said when the token was spent, and may be ahead of this one's. Up to the grace that lengthens it, at most to
 * twice as long; a clock that is further off gives nothing away.
 */
const isWithin = (graceMs: number, spentAt: Date, now: Date): boolean =>
  Math.abs(now.getTime() - spentAt.getTime()) < graceMs;

/** Whether the token can be spent. */
async function isFresh(db: Kysely<AccountsDatabase>, hash: Buffer, now: Date): Promise<boolean> {
  const fresh = await db
    .selectFrom('refresh_tokens')
    .innerJoin('sessions', 'sessions.session_id', 'refresh_tokens.session_id')
    .select('token_hash')
    .where('token_hash', '=', hash)
    .where('spent_at', 'is', null)
    .where('refresh_tokens.expires_at', '>', now)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return fresh !== undefined;
}

/** The second of two at once waits for the first one's row lock and then finds the token spent. */
async function setSpent(
  transaction: Transaction<AccountsDatabase>,
  hash: Buffer,
  salt: Buffer,
  { now }: Validity,
): Promise<string | undefined> {
  const token = await transaction
    .updateTable('refresh_tokens')
    .set({ spent_at: now, successor_salt: salt })
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
