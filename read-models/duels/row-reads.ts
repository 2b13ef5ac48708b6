import type { Selectable } from 'kysely';
import type { Database } from '../room.ts';
import type { DuelsTable } from './tables.ts';

/** A row as a leader holds it: the date as events have it. */
export type KnownDuel = Readonly<Omit<Selectable<DuelsTable>, 'due_at'> & { due_at: string }>;

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

const asKnown = (row: Selectable<DuelsTable>): KnownDuel => ({ ...row, due_at: row.due_at.toISOString() });
