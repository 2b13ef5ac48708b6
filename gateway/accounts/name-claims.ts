import type { Kysely, Transaction } from 'kysely';
import pg from 'pg';
import type { Clock } from '../../platform/clock.ts';
import { usernameKey } from '../../protocol/scalars.ts';
import type { AccountsDatabase } from './schema.ts';
import type { SignedIn } from './session-tokens.ts';
import type { StartSession } from './stored-sessions.ts';

const UNIQUE_VIOLATION = '23505';

export type ClaimOutcome =
  | { readonly outcome: 'claimed'; readonly claim: NameClaim }
  | { readonly outcome: 'taken'; readonly fields: readonly TakenField[] };

/** The rows behind a signup. Of any number of signups with one name or one email at once, one gets to `activate`. */
export interface NameClaims {
  claim(account: NewAccount): Promise<ClaimOutcome>;
  /** null: a newer signup has taken the claim over. The account and its first session begin together. */
  activate(claim: NameClaim): Promise<SignedIn | null>;
  /** The name belongs to somebody in the log: it is not this row's to give. */
  withdraw(claim: NameClaim): Promise<void>;
}

export interface NameClaimsOptions {
  readonly db: Kysely<AccountsDatabase>;
  readonly startSession: StartSession;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Rolls the claim back. */
class NamesTaken extends Error {
  override readonly name = 'NamesTaken';
  readonly names: readonly string[];

  constructor(names: readonly string[]) {
    super('names taken');
    this.names = names;
  }
}

/** The tables' unique keys decide, so any number of gateways may claim at once. Rejects with the database's own errors. */
export function createNameClaims({ db, startSession, clock, newId }: NameClaimsOptions): NameClaims {
  return {
    async claim(account) {
      const [now, names] = [clock(), loginNamesOf(account)];
      const userKey = usernameKey(account.username);
      try {
        return await db.transaction().execute(async (transaction) => {
          await releaseLapsed(transaction, userKey, names, lapsedBefore(now));
          const ids = { claimId: newId(), registrationId: newId() };
          const claim = await upsertClaim(transaction, account, { now, ...ids });
          if (!claim) return { outcome: 'taken', fields: ['username'] };
          const others = await claimNames(transaction, userKey, names);
          if (others.length > 0) throw new NamesTaken(others);
          return { outcome: 'claimed', claim };
        });
      } catch (error) {
        if (error instanceof NamesTaken)
          return {
            outcome: 'taken',
            fields: error.names.map((name) => (name === userKey ? 'username' : 'email')),
          };
        if (error instanceof pg.DatabaseError && error.code === UNIQUE_VIOLATION)
          return { outcome: 'taken', fields: ['email'] };
        throw error;
      }
    },
    activate: ({ userKey, claimId }) =>
      db.transaction().execute(async (transaction) => {
        const account = await transaction
          .updateTable('accounts')
          .set({ activated_at: clock(), claim_id: null })
          .where('user_key', '=', userKey)
          .where('claim_id', '=', claimId)
          .returning('username')
          .executeTakeFirst();
        return account ? startSession(transaction, account.username) : null;
      }),
    async withdraw({ userKey, claimId }) {
      await db
        .deleteFrom('accounts')
        .where('user_key', '=', userKey)
        .where('claim_id', '=', claimId)
        .execute();
    },
  };
}

/** A signup that has not been heard of for longer has died: anybody may have its name and email. */
const CLAIM_LEASE_MS = 10_000;

/** The right to turn a row into an account, until a newer signup of the same name takes it over. */
export interface NameClaim {
  readonly claimId: string;
  readonly userKey: string;
  /** In the case of the row's first signup: that is how the log may know it already. */
  readonly username: string;
  readonly registrationId: string;
}

export interface NewAccount {
  readonly username: string;
  readonly email: string;
  readonly passwordHash: string;
}

/** What signs in to an account: its username and its email, in lower case. Both are one if the email is the username. */
export const loginNamesOf = ({
  username,
  email,
}: Pick<NewAccount, 'username' | 'email'>): readonly string[] =>
  [...new Set([usernameKey(username), usernameKey(email)])].sort();

export const lapsedBefore = (now: Date): Date => new Date(now.getTime() - CLAIM_LEASE_MS);

/**
 * Signups of other names that died with one of these names lose both and can no longer be activated. Their rows stay: a
 * username may be registered in the log under its row's registration id.
 *
 * Locks the rows that this transaction will change, in the order in which every other one does.
 */
export async function releaseLapsed(
  transaction: Transaction<AccountsDatabase>,
  userKey: string,
  names: readonly string[],
  lapsed: Date,
): Promise<void> {
  const holders = await transaction
    .selectFrom('accounts')
    .select(['user_key', 'activated_at', 'claimed_at'])
    .where(({ or, eb }) => or([eb('user_key', 'in', names), eb('email_key', 'in', names)]))
    .orderBy('user_key')
    .forNoKeyUpdate()
    .execute();
  const released = holders
    .filter((holder) => holder.user_key !== userKey && !holder.activated_at && holder.claimed_at < lapsed)
    .map((holder) => holder.user_key);
  if (released.length === 0) return;
  await transaction
    .updateTable('accounts')
    .set({ email: null, email_key: null, claim_id: null })
    .where('user_key', 'in', released)
    .execute();
  await transaction.deleteFrom('login_names').where('user_key', 'in', released).execute();
}

interface NewClaim {
  readonly now: Date;
  readonly claimId: string;
  readonly registrationId: string;
}

/** An unfinished signup is repeated at once by whoever knows its email, and by anybody once it has lapsed. */
export async function upsertClaim(
  transaction: Transaction<AccountsDatabase>,
  { username, email, passwordHash }: NewAccount,
  { now, claimId, registrationId }: NewClaim,
): Promise<NameClaim | null> {
  const renewable = { email, email_key: usernameKey(email), password_hash: passwordHash, claim_id: claimId };
  const row = await transaction
    .insertInto('accounts')
    .values({
      ...renewable,
      user_key: usernameKey(username),
      username,
      registration_id: registrationId,
      claimed_at: now,
    })
    .onConflict((conflict) =>
      conflict
        .column('user_key')
        .doUpdateSet({ ...renewable, claimed_at: now })
        .where('accounts.activated_at', 'is', null)
        .where(({ or, eb }) =>
          or([
            eb('accounts.email_key', '=', renewable.email_key),
            eb('accounts.claimed_at', '<', lapsedBefore(now)),
          ]),
        ),
    )
    .returning(['user_key', 'username', 'registration_id'])
    .executeTakeFirst();
  return row
    ? { claimId, userKey: row.user_key, username: row.username, registrationId: row.registration_id }
    : null;
}

/** Those of the names that belong to somebody else; the others are the account's from now on, and no further ones. */
export async function claimNames(
  transaction: Transaction<AccountsDatabase>,
  userKey: string,
  names: readonly string[],
): Promise<readonly string[]> {
  await transaction
    .deleteFrom('login_names')
    .where('user_key', '=', userKey)
    .where('name', 'not in', names)
    .execute();
  const claimed = await transaction
    .insertInto('login_names')
    .values(names.map((name) => ({ name, user_key: userKey })))
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({ user_key: userKey }).where('login_names.user_key', '=', userKey),
    )
    .returning('name')
    .execute();
  return names.filter((name) => !claimed.some((row) => row.name === name));
}

export type TakenField = 'username' | 'email';

/**
 * What of a new account already belongs to another one. Usernames and emails share one namespace, because either
 * signs in: nobody can call themselves like somebody else's email.
 */
export async function takenFields(
  db: Kysely<AccountsDatabase>,
  wanted: { readonly username: string; readonly email: string },
): Promise<TakenField[]> {
  const [userKey, emailKey] = [usernameKey(wanted.username), usernameKey(wanted.email)];
  const keys = [userKey, emailKey];
  const rows = await db
    .selectFrom('accounts')
    .select(['user_key', 'email_key'])
    .where('activated_at', 'is not', null)
    .where(({ or, eb }) => or([eb('user_key', 'in', keys), eb('email_key', 'in', keys)]))
    .execute();
  const taken = (key: string) => rows.some((row) => row.user_key === key || row.email_key === key);
  return [
    ...(taken(userKey) ? (['username'] as const) : []),
    ...(taken(emailKey) ? (['email'] as const) : []),
  ];
}
