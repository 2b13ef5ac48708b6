import type { PlayerEvent } from '../../domain/player.ts';
import { INVITATION_EXPIRED } from '../../protocol/invitation-texts.ts';
import { relationships } from '../relationships/room.ts';
import { defineRoom, type Out, type Recorded, UnprojectableEvent } from '../room.ts';
import { userKey } from '../user-key.ts';
import { users } from '../users/room.ts';
import type { KnownDuel } from './row-reads.ts';
import { DuelRows, isPending } from './rows.ts';
import { CREATE_DUELS } from './tables.ts';

/** `remembered`: how many rows, where it is not as many as usual. `before`: the rooms that this one builds on. */
export const duelsRoom = (
  remembered?: ConstructorParameters<typeof DuelRows>[1],
  before = { users, relationships },
) =>
  defineRoom({
    name: 'duels',
    tables: ['duels'],
    migrations: { 'duels-1-create': CREATE_DUELS },
    open(together) {
      const { users, relationships } = before;
      const rows = { users: users.rowsIn(together), relationships: relationships.rowsIn(together) };
      return new DuelRows(rows, remembered);
    },
    project: {
      InviteSent: invite,
      SeatReserved: reserveSeat,
      InviteAccepted: accept,
      InviteDeclined: decline,
      InviteCancelled: cancel,
      InviteExpired: expire,
      SeatReleased: releaseSeat,
      GameFinished: finish,
      UserBlocked: cancelBetween,
    },
  });

export const duels = duelsRoom();

/**
 * How long after an event that calls for another one housekeeping sees to that: by then, whoever has taken the first step has mostly taken
 * the next one as well, or never will. Where both take it, it is taken once.
 */
const LEFT_UNDONE_MS = 2000;

const leftUndoneAt = ({ event }: Recorded<'UserBlocked' | DuelEvent>): string =>
  new Date(Date.parse(event.data.date) + LEFT_UNDONE_MS).toISOString();

type DuelEvent = PlayerEvent['type'];

/** Of two invitations that crossed, the earlier one is to be declined. */
function invite(rows: DuelRows, recorded: Recorded<'InviteSent'>): void {
  const { invitationId, inviter, invitee, expiresAt } = recorded.event.data;
  const [inviter_key, invitee_key] = [userKey(inviter), userKey(invitee)];
  if (rows.find(invitationId)) throw new UnprojectableEvent('of an invitation that was sent before');
  if (rows.findOf(inviter_key)) throw new UnprojectableEvent('of an inviter who is engaged');
  const crossed = rows.findPending(invitee_key, inviter_key);
  const { relationships } = rows.before;
  const isBlocked =
    relationships.stance(inviter_key, invitee_key).blocks ||
    relationships.stance(invitee_key, inviter_key).blocks;
  const sent: KnownDuel = {
    invitation_id: invitationId,
    inviter_key,
    invitee_key,
    inviter_is_engaged: true,
    has_seat: false,
    game_id: null,
    due_at: expiresAt,
  };
  rows.set(isBlocked ? hastened(sent, recorded) : sent);
  if (crossed) rows.set(hastened(crossed, recorded));
}

function cancelBetween(rows: DuelRows, recorded: Recorded<'UserBlocked'>): void {
  const { blocker, blocked } = recorded.event.data;
  const [one, other] = [userKey(blocker), userKey(blocked)];
  for (const pending of [rows.findPending(one, other), rows.findPending(other, one)])
    if (pending) rows.set(hastened(pending, recorded));
}

/** Due because of this event, if it is not earlier. */
function hastened(duel: KnownDuel, recorded: Recorded<'UserBlocked' | 'InviteSent'>): KnownDuel {
  const due_at = leftUndoneAt(recorded);
  return due_at < duel.due_at ? { ...duel, due_at } : duel;
}

/** Also of an invitation that has ended meanwhile: the seat is to be released. */
function reserveSeat(rows: DuelRows, recorded: Recorded<'SeatReserved'>): void {
  const { invitationId, inviter, invitee } = recorded.event.data;
  const duel = rows.find(invitationId) ?? {
    invitation_id: invitationId,
    inviter_key: userKey(inviter),
    invitee_key: userKey(invitee),
    inviter_is_engaged: false,
    has_seat: false,
    game_id: null,
  };
  if (duel.has_seat) throw new UnprojectableEvent('of a seat that is reserved');
  rows.set({ ...duel, has_seat: true, due_at: leftUndoneAt(recorded) });
}

function releaseSeat(rows: DuelRows, { event }: Recorded<'SeatReleased'>): void {
  const duel = rows.find(event.data.invitationId);
  if (!duel?.has_seat) throw new UnprojectableEvent('of a seat that is not reserved');
  rows.set({ ...duel, has_seat: false });
}

function accept(rows: DuelRows, recorded: Recorded<'InviteAccepted'>, out: Out): void {
  const { inviter, invitee, gameId: game_id, endsAt } = recorded.event.data;
  const [duel, inviter_key, invitee_key] = [pendingAt(rows, recorded), userKey(inviter), userKey(invitee)];
  const { users } = rows.before;
  const gameAgainst = (opponent: string) => ({ game_id, ...users.profileInEvent(opponent) });
  const [invitersGame, inviteesGame] = [gameAgainst(invitee_key), gameAgainst(inviter_key)];
  rows.set({ ...duel, game_id, due_at: endsAt });
  const action = 'game_accepted';
  out.frame({ users: [inviter_key] }, { action, data: invitersGame, ...invitersGame });
  out.frame({ users: [invitee_key] }, { action, data: inviteesGame, ...inviteesGame });
}

function decline(rows: DuelRows, recorded: Recorded<'InviteDeclined'>, out: Out): void {
  const { inviter, invitee } = recorded.event.data;
  const duel = pendingAt(rows, recorded);
  const { username, nickname } = rows.before.users.profileInEvent(userKey(invitee));
  rows.set(ended(duel, recorded));
  out.frame(
    { users: [userKey(inviter), userKey(invitee)] },
    { action: 'game_declined', data: { username, nickname } },
  );
}

function cancel(rows: DuelRows, recorded: Recorded<'InviteCancelled'>, out: Out): void {
  const duel = pendingAt(rows, recorded);
  const { username, nickname } = rows.before.users.profileInEvent(userKey(recorded.event.data.inviter));
  rows.set(ended(duel, recorded));
  tellOfEnd(recorded, { username, nickname, message: null }, out);
}

function expire(rows: DuelRows, recorded: Recorded<'InviteExpired'>, out: Out): void {
  rows.set(ended(pendingAt(rows, recorded), recorded));
  tellOfEnd(recorded, { username: null, nickname: null, message: INVITATION_EXPIRED }, out);
}

/** For one of the two, who alone is told: the other one has an event of the same kind. */
function finish(rows: DuelRows, recorded: Recorded<'GameFinished'>, out: Out): void {
  const { invitationId, gameId, player, reason, date } = recorded.event.data;
  const [duel, user_key] = [rows.find(invitationId), userKey(player)];
  if (!duel || duel.game_id !== gameId) throw new UnprojectableEvent('of a game that is over, or never was');
  const left = afterGame(duel, user_key);
  if (!left) throw new UnprojectableEvent('of a player who does not play');
  rows.set({ ...left, due_at: leftUndoneAt(recorded) });
  out.frame({ users: [user_key] }, { action: 'game_finished', data: { game_id: gameId, reason, date } });
}

/** null: it is over for this player, or another's. */
function afterGame(duel: KnownDuel, player: string): KnownDuel | null {
  if (player === duel.inviter_key && duel.inviter_is_engaged) return { ...duel, inviter_is_engaged: false };
  if (player === duel.invitee_key && duel.has_seat) return { ...duel, has_seat: false };
  return null;
}

/** Throws `UnprojectableEvent` when the invitation was answered before, or never sent. */
function pendingAt(rows: DuelRows, { event }: Recorded<Exclude<DuelEvent, 'InviteSent'>>): KnownDuel {
  const duel = rows.find(event.data.invitationId);
  if (!duel || !isPending(duel)) throw new UnprojectableEvent('of an invitation that is not pending');
  return duel;
}

/** A seat that was reserved for it meanwhile is to be released. */
const ended = (
  duel: KnownDuel,
  recorded: Recorded<'InviteDeclined' | 'InviteCancelled' | 'InviteExpired'>,
): KnownDuel => ({ ...duel, inviter_is_engaged: false, due_at: leftUndoneAt(recorded) });

/** The inviter's tab is the inviter's own matter. */
function tellOfEnd(
  { event }: Recorded<'InviteCancelled' | 'InviteExpired'>,
  told: {
    readonly username: string | null;
    readonly nickname: string | null;
    readonly message: string | null;
  },
  out: Out,
): void {
  const { inviter, invitee, clientId } = event.data;
  const action = 'game_invite_canceled';
  out.frame({ users: [userKey(inviter)] }, { action, data: { ...told, client_id: clientId } });
  out.frame({ users: [userKey(invitee)] }, { action, data: { ...told, client_id: null } });
}
