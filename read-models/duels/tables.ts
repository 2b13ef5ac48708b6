import type { WrittenDate } from '../written-date.ts';

export interface DuelsTables {
  duels: DuelsTable;
}

/** An invitation and the game that it leads to: a row as long as it keeps one of the two busy. */
export interface DuelsTable {
  invitation_id: string;
  inviter_key: string;
  invitee_key: string;
  /** By the invitation while it is pending, later by the game. An inviter is engaged in one duel at a time. */
  inviter_is_engaged: boolean;
  /** The invitee is busy: with the game, or about to accept. */
  has_seat: boolean;
  /** Of the room. null: there is no game, or not yet. */
  game_id: string | null;
  /** null: the invitation has ended, and a seat is left of it. */
  sent_at: WrittenDate | null;
  /** From then on the invitation, or the game, is over by itself; what is left of one that is over is to be cleared away. */
  expires_at: WrittenDate;
  /** From then on the next step is to be taken, if nobody has: of acceptance, or of declining one that another has crossed. null: there is none. */
  step_due_at: WrittenDate | null;
  /** From then on it is to be cancelled, because one of the two blocks the other. null: neither does. */
  block_due_at: WrittenDate | null;
  /** The same, because the inviter is away. null: the inviter is there. */
  gone_due_at: WrittenDate | null;
  /** The first of them: from then on housekeeping looks whether something is to be done; too early does no harm. */
  due_at: WrittenDate;
}

export const CREATE_DUELS = `
create table duels (
  invitation_id uuid primary key,
  inviter_key text collate "C" not null,
  invitee_key text collate "C" not null,
  inviter_is_engaged boolean not null,
  has_seat boolean not null,
  game_id uuid,
  sent_at timestamptz,
  expires_at timestamptz not null,
  step_due_at timestamptz,
  block_due_at timestamptz,
  gone_due_at timestamptz,
  due_at timestamptz not null
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
create index duels_by_inviter on duels (inviter_key) where inviter_is_engaged;
create index duels_by_invitee on duels (invitee_key) where has_seat;
create index duels_by_due_date on duels (due_at, invitation_id);
`;
