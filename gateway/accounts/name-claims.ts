import type { Kysely } from 'kysely';
import pg from 'pg';
import type { Clock } from '../../platform/clock.ts';
import { lapsedBefore, type NameClaim, type NewAccount, releaseEmail, upsertClaim } from './claim-row.ts';
import type { AccountsDatabase } from './schema.ts';
import type { StartSession } from './session-start.ts';
import type { SignedIn } from './session-tokens.ts';
import type { TakenField } from './taken-fields.ts';

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

/** The table's unique keys decide, so any number of gateways may claim at once. Rejects with the database's own errors. */
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
