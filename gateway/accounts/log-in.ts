import type { Kysely, Transaction } from 'kysely';
import { usernameKey } from '../../protocol/scalars.ts';
import type { AttemptLimit, LimitReached } from './attempt-limit.ts';
import type { Passwords } from './passwords.ts';
import type { AccountRow, AccountsDatabase } from './schema.ts';
import type { Client } from './session.ts';
import { newSecret, type SignedIn } from './session-tokens.ts';
import type { StartSession } from './stored-sessions.ts';

export interface LogInRequest {
  /** Username or email, in any case. */
  readonly identifier: string;
  readonly password: string;
  readonly client: Client;
}

export type LogInOutcome =
  | { readonly outcome: 'signed_in'; readonly signedIn: SignedIn }
  | { readonly outcome: 'invalid_credentials' }
  | LimitReached;

type SignedInOutcome = Extract<LogInOutcome, { readonly outcome: 'signed_in' }>;

export type LogIn = (request: LogInRequest) => Promise<LogInOutcome>;

/** Whether this is the password of who is signed in. Counted as failed logins are. */
export type ProvePassword = (
  request: LogInRequest,
) => Promise<{ readonly outcome: 'right' } | Exclude<LogInOutcome, SignedInOutcome>>;

export interface PasswordChecks {
  readonly logIn: LogIn;
  readonly provePassword: ProvePassword;
}

export interface LogInOptions {
  readonly db: Kysely<AccountsDatabase>;
  /** Failed logins with one identifier from one address, and with any from it. */
  readonly limits: { readonly ofIdentifier: AttemptLimit; readonly ofAddress: AttemptLimit };
  readonly passwords: Passwords;
  readonly startSession: StartSession;
}

interface Right extends Pick<AccountRow, 'user_key' | 'username' | 'password_hash'> {
  readonly outcome: 'right';
  /** To be kept in place of `password_hash`. */
  readonly newHash: string | undefined;
}

type Checked = Right | { readonly outcome: 'wrong' };

/**
 * The same look-ups and one password check for every try, so that neither answer nor time tells who has an account.
 *
 * Tries are counted by what was typed, not by the account that it leads to: if tries with an email used up those with a
 * username, anybody could find out whose email it is. Whoever knows both has twice the tries, within those of the address.
 *
 * Only a wrong password counts. A try that was refused for load, or in which the database went away, is given back.
 */
export async function createLogIn({
  db,
  limits,
  passwords,
  startSession,
}: LogInOptions): Promise<PasswordChecks> {
  const nobodysHash = await passwords.hash(newSecret());

  async function check(identifier: string, password: string): Promise<Checked> {
    const account = await findAccount(db, identifier);
    const { matches, newHash } = await passwords.verify(account?.password_hash ?? nobodysHash, password);
    return account && matches ? { outcome: 'right', ...account, newHash } : { outcome: 'wrong' };
  }

  async function prove(request: LogInRequest): Promise<Right | Exclude<LogInOutcome, SignedInOutcome>> {
    const identifier = usernameKey(request.identifier);
    const { address } = request.client;
    const result = await limits.ofIdentifier.count(
      { address, identifier },
      () => limits.ofAddress.count({ address }, () => check(identifier, request.password), isWrong),
      isWrong,
    );
    if (result.outcome === 'rate_limited') return result;
    if (result.outcome === 'wrong') return { outcome: 'invalid_credentials' };
    await limits.ofIdentifier.clear({ address, identifier });
    return result;
  }

  return {
    async logIn(request) {
      const result = await prove(request);
      if (result.outcome !== 'right') return result;
      const signedIn = await db.transaction().execute(async (transaction) => {
        if (result.newHash) await replaceHash(transaction, result, result.newHash);
        return startSession(transaction, result.username);
      });
      return { outcome: 'signed_in', signedIn };
    },
    async provePassword(request) {
      const result = await prove(request);
      return result.outcome === 'right' ? { outcome: 'right' } : result;
    },
  };
}

const isWrong = ({ outcome }: Checked | LimitReached): boolean => outcome === 'wrong';

const findAccount = (db: Kysely<AccountsDatabase>, key: string) =>
  db
    .selectFrom('accounts')
    .select(['user_key', 'username', 'password_hash'])
    .where('activated_at', 'is not', null)
    .where(({ or, eb }) => or([eb('user_key', '=', key), eb('email_key', '=', key)]))
    .orderBy(({ eb }) => eb('user_key', '=', key), 'desc')
    .limit(1)
    .executeTakeFirst();

/** Unless it has been changed since it was read. */
async function replaceHash(
  transaction: Transaction<AccountsDatabase>,
  { user_key, password_hash }: Right,
  newHash: string,
): Promise<void> {
  await transaction
    .updateTable('accounts')
    .set({ password_hash: newHash })
    .where('user_key', '=', user_key)
    .where('password_hash', '=', password_hash)
    .execute();
}
