import type { Transaction } from 'kysely';
import type { AccountsDatabase } from './schema.ts';
import type { SessionTokens, SignedIn } from './session-tokens.ts';
import { retentionStart } from './session-tokens.ts';

/** Each new session sweeps away some long ended ones: the table never holds many more than are in use. */
const SWEPT_PER_START = 16;

export type StartSession = (
  transaction: Transaction<AccountsDatabase>,
  username: string,
) => Promise<SignedIn>;

/** The session, and its tokens, begin when the caller's transaction commits. */
export function createStartSession(tokens: SessionTokens, newId: () => string): StartSession {
  return async (transaction, username) => {
    const validity = tokens.validity();
    const sessionId = newId();
    await transaction
      .insertInto('sessions')
      .values({
        session_id: sessionId,
        user_key: username.toLowerCase(),
        expires_at: validity.expiresAt,
        refreshable_until: validity.refreshableUntil,
      })
      .execute();
    await sweep(transaction, retentionStart(validity.now));
    return tokens.issue(transaction, { sessionId, username }, validity);
  };
}

async function sweep(transaction: Transaction<AccountsDatabase>, before: Date): Promise<void> {
  const old = transaction
    .selectFrom('sessions')
    .select('session_id')
    .where('refreshable_until', '<', before)
    .orderBy('refreshable_until')
    .limit(SWEPT_PER_START)
    .forUpdate()
    .skipLocked();
  await transaction.deleteFrom('sessions').where('session_id', 'in', old).execute();
}
