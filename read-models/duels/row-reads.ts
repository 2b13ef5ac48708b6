import type { Selectable } from 'kysely';
import type { Database } from '../room.ts';
import type { DuelsTable } from './tables.ts';

/** When a row is due, and why then. */
type Reason = 'step_due_at' | 'block_due_at' | 'gone_due_at';

/** A row as a leader holds it: dates as events have them. */
export type KnownDuel = Readonly<
  Omit<Selectable<DuelsTable>, 'sent_at' | 'expires_at' | 'due_at' | Reason> &
    Record<'expires_at' | 'due_at', string> &
    Record<'sent_at' | Reason, string | null>
>;

export async function readDuels(database: Database, invitationIds: readonly string[]): Promise<KnownDuel[]> {
  const { rows } = await database.query<Selectable<DuelsTable>>({
    name: 'duels',
    text: 'select * from duels where invitation_id = any($1::uuid[])',
    values: [invitationIds],
  });
  return rows.map(asKnown);
}

/** Those that these are engaged in as inviters. */
export async function readDuelsOf(database: Database, inviterKeys: readonly string[]): Promise<KnownDuel[]> {
  const { rows } = await database.query<Selectable<DuelsTable>>({
    name: 'duels_of_inviters',
    text: 'select * from duels where inviter_key = any($1::text[]) and inviter_is_engaged',
    values: [inviterKeys],
  });
  return rows.map(asKnown);
}

const asKnown = (row: Selectable<DuelsTable>): KnownDuel => ({
  ...row,
  sent_at: row.sent_at?.toISOString() ?? null,
  expires_at: row.expires_at.toISOString(),
  step_due_at: row.step_due_at?.toISOString() ?? null,
  block_due_at: row.block_due_at?.toISOString() ?? null,
  gone_due_at: row.gone_due_at?.toISOString() ?? null,
  due_at: row.due_at.toISOString(),
});
