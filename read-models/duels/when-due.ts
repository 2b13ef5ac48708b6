import type { PlayerEvent } from '../../domain/player.ts';
import type { Recorded } from '../room.ts';
import { userKey } from '../user-key.ts';
import type { KnownDuel } from './row-reads.ts';
import { type DuelRows, isPending } from './rows.ts';

export type DuelEvent = PlayerEvent['type'];

/**
 * How long after an event that calls for another one housekeeping sees to that: by then, whoever has taken the first step has mostly taken
 * the next one as well, or never will. Where both take it, it is taken once.
 */
const LEFT_UNDONE_MS = 2000;

/** As long as the domain has it: who asks earlier is told that nothing is due yet. */
export const INVITER_GONE_MS = 60_000;

export const leftUndoneAt = ({ event }: Recorded<'UserBlocked' | DuelEvent>): string =>
  later(event.data.date, LEFT_UNDONE_MS);

const later = (date: string, ms: number): string => new Date(Date.parse(date) + ms).toISOString();

/** Nothing makes it due before it expires. */
export const AS_IT_EXPIRES = { step_due_at: null, block_due_at: null, gone_due_at: null };

export function isBlockBetween({ before: { relationships } }: DuelRows, one: string, other: string): boolean {
  return relationships.stance(one, other).blocks || relationships.stance(other, one).blocks;
}

const pendingBetween = (
  rows: DuelRows,
  { event: { data } }: Recorded<'UserBlocked' | 'UserUnblocked'>,
): KnownDuel[] => {
  const [one, other] = [userKey(data.blocker), userKey(data.blocked)];
  return [rows.findPending(one, other), rows.findPending(other, one)].flatMap((pending) => pending ?? []);
};

export function cancelBetween(rows: DuelRows, recorded: Recorded<'UserBlocked'>): void {
  for (const pending of pendingBetween(rows, recorded))
    rows.set({ ...pending, block_due_at: pending.block_due_at ?? leftUndoneAt(recorded) });
}

/** What was not cancelled by then, unless the other still blocks. */
export function keepBetween(rows: DuelRows, recorded: Recorded<'UserUnblocked'>): void {
  for (const pending of pendingBetween(rows, recorded))
    if (!isBlockBetween(rows, pending.inviter_key, pending.invitee_key))
      rows.set({ ...pending, block_due_at: null });
}

/** Of one that has ended: the invitation that it had crossed need not be declined any more, and stands as before. */
export function uncross(rows: DuelRows, { inviter_key, invitee_key }: KnownDuel): void {
  const crossed = rows.findPending(invitee_key, inviter_key);
  if (crossed && !crossed.has_seat) rows.set({ ...crossed, step_due_at: null });
}

/**
 * `offlineSince`: null: the inviter is there, or nothing is known. Whoever sends an invitation is there then, so nobody is away for longer
 * than since then.
 */
export const whenGone = (offlineSince: string | null, sentAt: string): string | null =>
  offlineSince && later(offlineSince > sentAt ? offlineSince : sentAt, INVITER_GONE_MS);

/** `offlineSince`: as `whenGone` has it. */
export function setAway(rows: DuelRows, username: string, offlineSince: string | null): void {
  const duel = rows.findOf(userKey(username));
  if (!duel || !isPending(duel) || duel.sent_at === null) return;
  const gone_due_at = whenGone(offlineSince, duel.sent_at);
  if (gone_due_at !== duel.gone_due_at) rows.set({ ...duel, gone_due_at });
}
