import type { Transaction } from 'kysely';
import type { AccountsDatabase } from './schema.ts';

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

export const lapsedBefore = (now: Date): Date => new Date(now.getTime() - CLAIM_LEASE_MS);

/** The row itself stays: its name may be registered in the log under its registration id. */
export async function releaseEmail(
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
export async function upsertClaim(
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
