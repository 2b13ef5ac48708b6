import type { Kysely } from 'kysely';
import type { AccountsDatabase } from './schema.ts';

export type TakenField = 'username' | 'email';

/**
 * What of a new account already belongs to another one. Usernames and emails share one namespace, because either
 * signs in: nobody can call themselves like somebody else's email.
 */
export async function takenFields(
  db: Kysely<AccountsDatabase>,
  wanted: { readonly username: string; readonly email: string },
): Promise<TakenField[]> {
  const [userKey, emailKey] = [wanted.username.toLowerCase(), wanted.email.toLowerCase()];
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
