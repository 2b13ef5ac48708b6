import type { Kysely, Transaction } from 'kysely';
import pg from 'pg';
import type { Clock } from '../../platform/clock.ts';
import type { AccountsDatabase } from './schema.ts';
import type { StartSession } from './session-start.ts';
import type { SignedIn } from './session-tokens.ts';
import type { TakenField } from './taken-fields.ts';

/** A signup that has not been heard of for longer has died: anybody may have its name and email. */
const CLAIM_LEASE_MS = 10_000;

const UNIQUE_VIOLATION = '23505';

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

export function createNameClaims({ db, startSession, clock, newId }: NameClaimsOptions): NameClaims {
  return {
    async claim(account) {
      try {
        const now = clock();
        const claim = await db.transaction().execute(async (transaction) => {
          await releaseEmail(transaction, account.email.toLowerCase(), lapsedBefore(now));
          return upsertClaim(transaction, account, { now, claimId: newId(), registrationId: newId() });
        });
        return claim ? { outcome: 'claimed', claim } : { outcome: 'taken', fields: ['username'] };
      } catch (error) {
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

const lapsedBefore = (now: Date): Date => new Date(now.getTime() - CLAIM_LEASE_MS);

/** The row itself stays: its name may be registered in the log under its registration id. */
async function releaseEmail(
  transaction: Transaction<AccountsDatabase>,
  emailKey: string,
  lapsed: Date,
): Promise<void> {
  await transaction
    .updateTable('accounts')
    .set({ email: null, email_key: null, claim_id: null })
    .where('email_key', '=', emailKey)
    .where('activated_at', 'is', null)
    .where('claimed_at', '<', lapsed)
    .execute();
}

interface NewClaim {
  readonly now: Date;
  readonly claimId: string;
  readonly registrationId: string;
}

/** An unfinished signup is repeated at once by whoever knows its email, and by anybody once it has lapsed. */
async function upsertClaim(
  transaction: Transaction<AccountsDatabase>,
  { username, email, passwordHash }: NewAccount,
  { now, claimId, registrationId }: NewClaim,
): Promise<NameClaim | null> {
  const renewable = { email, email_key: email.toLowerCase(), password_hash: passwordHash, claim_id: claimId };
  const row = await transaction
    .insertInto('accounts')
    .values({
      ...renewable,
      user_key: username.toLowerCase(),
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
