import pg from 'pg';
import { SCHEMA } from '../../platform/keys/user-keys.ts';
import { migrationsDone } from '../../platform/postgres/migrate-schema.ts';
import { bad, type Finding, ok } from './finding.ts';

/** How many chats are looked at, whichever: keys are lost all at once, with their schema or with what came after a backup. */
const CHATS = 10_000;

/**
 * Whether those who have said something have keys, or had some until they were erased. Read models must be there. A log whose
 * people have said nothing since before there were keys has none either, and reads well.
 */
export async function checkKeys(pool: pg.Pool, readSchema: string): Promise<Finding> {
  const check = 'keys of users';
  const chats = `(select * from ${pg.escapeIdentifier(readSchema)}.chats limit ${CHATS}) chats`;
  const hasKey = (await migrationsDone(pool, SCHEMA))
    ? `exists (select from ${SCHEMA}.user_keys where user_key = speaker)`
    : 'false';
  const { rows } = await pool.query<{ spoke: number; without: number }>(`
    select count(*)::int as spoke,
      (count(*) filter (where not ${hasKey}))::int as without
    from (
      select user_a as speaker from ${chats} where sent_a > 0
      union select user_b from ${chats} where sent_b > 0
    ) speakers`);
  const { spoke, without } = rows[0] ?? { spoke: 0, without: 0 };
  return without > 0
    ? bad(
        check,
        `${without} of ${spoke} who have said something have none`,
        `restore the schema \`${SCHEMA}\` from its newest backup: what they said cannot be read without`,
      )
    : ok(check, spoke > 0 ? `there, of ${spoke} who have said something` : 'nobody has said anything yet');
}
