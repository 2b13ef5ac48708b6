import { createHash, randomBytes } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { Clock } from '../../platform/clock.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { AccountsDatabase } from './schema.ts';
import type { Session } from './session.ts';

/** A new or renewed session and the tokens that prove it. */
export interface SignedIn {
  readonly session: Session;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** From when until when the tokens of one issue work. */
export interface Validity {
  readonly now: Date;
  readonly expiresAt: Date;
  readonly refreshableUntil: Date;
}

export interface SessionTokens {
  validity(): Validity;
  /** The session must be stored already, in the same transaction. */
  issue(
    transaction: Transaction<AccountsDatabase>,
    owner: { readonly sessionId: string; readonly username: string },
    validity: Validity,
    refreshToken: string,
  ): Promise<SignedIn>;
  /** The same as was issued last of the session, whose refresh token it is, to the letter. */
  issueAgain(session: Session, refreshToken: string): Promise<SignedIn>;
}

export interface SessionTokensOptions {
  readonly accessTokens: AccessTokens;
  readonly accessTokenTtlS: number;
  readonly refreshTokenTtlS: number;
  readonly clock: Clock;
}

export function createSessionTokens(options: SessionTokensOptions): SessionTokens {
  const { accessTokens, accessTokenTtlS, refreshTokenTtlS, clock } = options;

  async function issueAgain(session: Session, refreshToken: string): Promise<SignedIn> {
    const { expiresAt } = session;
    const issuedAt = new Date(expiresAt.getTime() - accessTokenTtlS * 1000);
    return { session, refreshToken, accessToken: await accessTokens.issue(session, issuedAt, expiresAt) };
  }

  return {
    validity() {
      const now = clock();
      // Access tokens count whole seconds, and the session's end is the token's.
      const issuedAt = Math.floor(now.getTime() / 1000) * 1000;
      return {
        now,
        expiresAt: new Date(issuedAt + accessTokenTtlS * 1000),
        refreshableUntil: new Date(now.getTime() + refreshTokenTtlS * 1000),
      };
    },
    async issue(transaction, { sessionId, username }, { expiresAt, refreshableUntil }, refreshToken) {
      await transaction
        .insertInto('refresh_tokens')
        .values({
          token_hash: secretHash(refreshToken),
          session_id: sessionId,
          expires_at: refreshableUntil,
        })
        .execute();
      return issueAgain({ sessionId, username, expiresAt }, refreshToken);
    },
    issueAgain,
  };
}

/** 256 random bits, fit for cookies and headers. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

export const isSecret = (text: string): boolean => /^[\w-]{43}$/.test(text);

/** What is kept of a secret: enough to recognise it. Random secrets need no slow hash. */
export const secretHash = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** A spent token still betrays that it was stolen for this long after it would have expired. */
const KEPT_MS = 7 * 86_400_000;

/** Refresh tokens and sessions that expired before then can be forgotten. */
export const retentionStart = (now: Date): Date => new Date(now.getTime() - KEPT_MS);
