import { booleans, lines, optionalLines } from '../columns.ts';
import type { TableWrite } from '../room.ts';
import type { KnownDuel } from './row-reads.ts';

export const upsertDuels = (rows: readonly KnownDuel[]): TableWrite => ({
  name: 'duels',
  sql: `insert into duels (invitation_id, inviter_key, invitee_key, inviter_is_engaged, has_seat, game_id, sent_at, expires_at,
      step_due_at, block_due_at, gone_due_at, due_at)
    select r.* from fence, :rows r
    on conflict (invitation_id) do update set inviter_is_engaged = excluded.inviter_is_engaged, has_seat = excluded.has_seat,
      game_id = excluded.game_id, sent_at = excluded.sent_at, expires_at = excluded.expires_at, step_due_at = excluded.step_due_at,
      block_due_at = excluded.block_due_at, gone_due_at = excluded.gone_due_at, due_at = excluded.due_at`,
  rows: rows.length,
  columns: [
    lines('uuid', rows, (row) => row.invitation_id),
    lines('text', rows, (row) => row.inviter_key),
    lines('text', rows, (row) => row.invitee_key),
    booleans(rows, (row) => row.inviter_is_engaged),
    booleans(rows, (row) => row.has_seat),
    optionalLines('uuid', rows, (row) => row.game_id),
    optionalLines('timestamptz', rows, (row) => row.sent_at),
    lines('timestamptz', rows, (row) => row.expires_at),
    optionalLines('timestamptz', rows, (row) => row.step_due_at),
    optionalLines('timestamptz', rows, (row) => row.block_due_at),
    optionalLines('timestamptz', rows, (row) => row.gone_due_at),
    lines('timestamptz', rows, (row) => row.due_at),
  ],
});

/** Some were never written: they came and went since the last write. */
export const deleteDuels = (rows: readonly KnownDuel[]): TableWrite => ({
  name: 'duels_over',
  sql: 'delete from duels d using fence, :rows r (invitation_id) where d.invitation_id = r.invitation_id',
  rows: rows.length,
  columns: [lines('uuid', rows, (row) => row.invitation_id)],
});
