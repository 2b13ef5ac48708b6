import type { Kysely } from 'kysely';
import type { LoginAttempts } from './login-attempts.ts';
import type { Passwords } from './passwords.ts';
import type { AccountsDatabase } from './schema.ts';
import { newSecret } from './secret.ts';
import type { StartSession } from './session-start.ts';
import type { SignedIn } from './session-tokens.ts';

export interface LogInRequest {
  /** Username or email, in any case. */
  readonly identifier: string;
  readonly password: string;
  /** The client's, as limits count by it. */
  readonly address: string;
}

export type LogInOutcome =
  | { readonly outcome: 'signed_in'; readonly signedIn: SignedIn }
  | { readonly outcome: 'invalid_credentials' }
  | { readonly outcome: 'rate_limited'; readonly retryAfterMs: number };

export type LogIn = (request: LogInRequest) => Promise<LogInOutcome>;

export interface LogInOptions {
  readonly db: Kysely<AccountsDatabase>;
  readonly attempts: LoginAttempts;
  readonly passwords: Passwords;
  readonly startSession: StartSession;
}

/** The same look-ups and one password check for every try, so that neither answer nor time tells who has an account. */
export async function createLogIn({ db, attempts, passwords, startSession }: LogInOptions): Promise<LogIn> {
  const nobodysHash = await passwords.hash(newSecret());
  return async ({ identifier, password, address }) => {
    const account = await findAccount(db, identifier.toLowerCase());
    const counted = account?.user_key ?? identifier.toLowerCase();
    const admission = await attempts.admit(counted, address);
    if (admission.outcome === 'rate_limited') return admission;
    const matches = await passwords.verify(account?.password_hash ?? nobodysHash, password);
    if (!account || !matches) return { outcome: 'invalid_credentials' };
    await attempts.succeeded(counted, address);
    const signedIn = await db
      .transaction()
      .execute((transaction) => startSession(transaction, account.username));
    return { outcome: 'signed_in', signedIn };
  };
}

const findAccount = (db: Kysely<AccountsDatabase>, key: string) =>
  db
    .selectFrom('accounts')
    .select(['user_key', 'username', 'password_hash'])
    .where('activated_at', 'is not', null)
    .where(({ or, eb }) => or([eb('user_key', '=', key), eb('email_key', '=', key)]))
    .orderBy(({ eb }) => eb('user_key', '=', key), 'desc')
    .limit(1)
    .executeTakeFirst();
