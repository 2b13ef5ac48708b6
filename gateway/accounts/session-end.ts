import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Clock } from '../../platform/clock.ts';
import type { AccountsDatabase } from './schema.ts';

export interface SessionEnd {
  /** The session and its tokens stop working at once. */
  logOut(sessionId: string): Promise<void>;
  /** Ends the family of this token, which came from this address, if it has been used before. */
  revokeIfSpent(tokenHash: Buffer, address: string): Promise<void>;
}

export interface SessionEndOptions {
  readonly db: Kysely<AccountsDatabase>;
  readonly announce: (change: { change: 'logged_out' | 'revoked'; sessionId: string }) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The row is the truth, for every gateway; `announce` follows it and makes sockets close at once. Both may be repeated. */
export function createSessionEnd({ db, announce, clock, logger }: SessionEndOptions): SessionEnd {
  const end = () => db.updateTable('sessions').set({ ended_at: clock() }).where('ended_at', 'is', null);
  return {
    async logOut(sessionId) {
      await end().where('session_id', '=', sessionId).execute();
      // Also when it had ended before: that gateway may have died before it could say so.
      announce({ change: 'logged_out', sessionId });
    },
    async revokeIfSpent(tokenHash, address) {
      const revoked = await end()
        .where('session_id', 'in', (query) =>
          query
            .selectFrom('refresh_tokens')
            .select('session_id')
            .where('token_hash', '=', tokenHash)
            .where('spent_at', 'is not', null),
        )
        .returning('session_id')
        .executeTakeFirst();
      if (!revoked) return;
      const sessionId = revoked.session_id;
      // Once a family: the next time it has ended.
      logger.warn(
        { sessionId, address },
        'a spent refresh token came back, perhaps stolen: its session has been ended',
      );
      announce({ change: 'revoked', sessionId });
    },
  };
}
