import { booleans, lines, numbers, texts } from '../columns.ts';
import type { TableWrite } from '../room.ts';
import type { KnownTournament } from './row-reads.ts';
import type { OpenTournamentsTable } from './tables.ts';

/** Whether it is open changes, and what its creator has called it and themselves when the creator is erased. */
export const upsertTournaments = (rows: readonly KnownTournament[]): TableWrite => ({
  name: 'tournaments',
  sql: `insert into tournaments (tournament_id, number, position, notification_id, name, alias, required_participants, settings,
      creator_key, is_open, date)
    select r.* from fence, :rows r
    on conflict (tournament_id) do update set is_open = excluded.is_open, name = excluded.name, alias = excluded.alias`,
  rows: rows.length,
  columns: [
    lines('uuid', rows, (row) => row.tournament_id),
    numbers('integer', rows, (row) => row.number),
    numbers('bigint', rows, (row) => row.position),
    lines('uuid', rows, (row) => row.notification_id),
    texts(rows, (row) => row.name),
    texts(rows, (row) => row.alias),
    numbers('smallint', rows, (row) => row.required_participants),
    lines('jsonb', rows, (row) => JSON.stringify(row.settings)),
    lines('text', rows, (row) => row.creator_key),
    booleans(rows, (row) => row.is_open),
    lines('timestamptz', rows, (row) => row.date),
  ],
});

export const upsertNodes = (rows: readonly OpenTournamentsTable[]): TableWrite => ({
  name: 'open_tournaments',
  sql: `insert into open_tournaments (node, open) select r.* from fence, :rows r
    on conflict (node) do update set open = excluded.open`,
  rows: rows.length,
  columns: [numbers('integer', rows, (row) => row.node), numbers('integer', rows, (row) => row.open)],
});
