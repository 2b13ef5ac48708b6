import type { Kysely } from 'kysely';
import pg from 'pg';
import type { Clock } from '../../platform/clock.ts';
import {
  claimNames,
  lapsedBefore,
  loginNamesOf,
  type NameClaim,
  type NewAccount,
  releaseLapsed,
  upsertClaim,
} from './claim-row.ts';
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
      const userKey = account.username.toLowerCase();
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
