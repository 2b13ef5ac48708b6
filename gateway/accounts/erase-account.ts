import type { Kysely } from 'kysely';
import { usernameKey } from '../../protocol/scalars.ts';
import type { SessionChange } from '../../protocol/subjects.ts';
import type { AccountsDatabase } from './schema.ts';

/** Can be repeated, also after an answer that was lost. Rejects with the database's error; then nothing is deleted, or all. */
export type EraseAccount = (username: string) => Promise<void>;

/**
 * Deletes the account, its email and password, its sessions and their tokens, and has its sockets close. A sign-in that comes at the same
 * time waits for the account's row, and finds none. Unfinished signups with this name go as well: the name is taken for ever.
 */
export const createEraseAccount =
  (db: Kysely<AccountsDatabase>, announce: (change: SessionChange) => void): EraseAccount =>
  async (username) => {
    const userKey = usernameKey(username);
    const sessions = await db.transaction().execute(async (transaction) => {
      await transaction
        .selectFrom('accounts')
        .select('user_key')
        .where('user_key', '=', userKey)
        .forUpdate()
        .execute();
      const deleted = await transaction
        .deleteFrom('sessions')
        .where('user_key', '=', userKey)
        .returning('session_id')
        .execute();
      await transaction.deleteFrom('accounts').where('user_key', '=', userKey).execute();
      return deleted;
    });
    for (const { session_id: sessionId } of sessions) announce({ change: 'revoked', sessionId });
  };
