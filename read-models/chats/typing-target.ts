import { sql } from 'kysely';
import type { Given } from '../../platform/postgres/prepared-query.ts';
import { isBlocked } from '../relationships/stance.ts';
import type { Reads, Snapshot } from '../snapshot.ts';
import { userKey } from '../user-key.ts';

/** Whom a user types to. */
export interface TypingTarget {
  /** Of the other one, as it was registered. */
  readonly username: string;
  /** By either of the two. */
  readonly is_blocked: boolean;
}

export function prepareTypingTarget({ db, prepare }: Reads) {
  const find = prepare((given: Given<{ caller: string; chatId: string }>) =>
    db
      .selectFrom('chats as c')
      .innerJoin('users as other', (join) =>
        join.on(
          'other.user_key',
          '=',
          sql<string>`case c.user_a when ${given('caller')} then c.user_b else c.user_a end`,
        ),
      )
      .where('c.chat_id', '=', given('chatId'))
      .where((eb) => eb.or([eb('c.user_a', '=', given('caller')), eb('c.user_b', '=', given('caller'))]))
      .select((eb) => [
        'other.username',
        sql<boolean>`${isBlocked(given('caller'), eb.ref('other.user_key'))} or ${isBlocked(eb.ref('other.user_key'), given('caller'))}`.as(
          'is_blocked',
        ),
      ]),
  );

  /** null: there is no such chat, or it is not this user's. `chatId`: a UUID. */
  return async (username: string, chatId: string): Promise<Snapshot<TypingTarget | null>> => {
    const { rows, upTo } = await find({ caller: userKey(username), chatId });
    const [found] = rows;
    return { answer: found ? { username: found.username, is_blocked: found.is_blocked } : null, upTo };
  };
}
