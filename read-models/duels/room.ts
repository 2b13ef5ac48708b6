import { INVITATION_EXPIRED } from '../../protocol/invitation-texts.ts';
import { relationships } from '../relationships/room.ts';
import { defineRoom, type Out, type Recorded, UnprojectableEvent } from '../room.ts';
import { userKey } from '../user-key.ts';
import { users } from '../users/room.ts';
import type { KnownDuel } from './row-reads.ts';
import { DuelRows, isPending } from './rows.ts';
import { CREATE_DUELS } from './tables.ts';
import {
  AS_IT_EXPIRES,
  cancelBetween,
  type DuelEvent,
  isBlockBetween,
  keepBetween,
  leftUndoneAt,
  setAway,
  uncross,
  whenGone,
} from './when-due.ts';

/** `remembered`: how many rows, where it is not as many as usual. */
export const duelsRoom = (
  remembered?: ConstructorParameters<typeof DuelRows>[1],
  needs = { users, relationships },
) =>
  defineRoom({
    name: 'duels',
    tables: ['duels'],
    needs,
    readBy: ['duels_by_invitee', 'duels_by_due_date'],
    migrations: { 'duels-1-create': CREATE_DUELS },
    open: (before) => new DuelRows(before, remembered),
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
      UserUnblocked: keepBetween,
      UserWentOffline: (rows, { event: { data } }) => setAway(rows, data.username, data.since),
      UserCameOnline: (rows, { event: { data } }) => setAway(rows, data.username, null),
    },
  });

export const duels = duelsRoom();

/** Of two invitations that crossed, the earlier one is to be declined. */
function invite(rows: DuelRows, recorded: Recorded<'InviteSent'>): void {
  const { invitationId, inviter, invitee, expiresAt, date } = recorded.event.data;
  const [inviter_key, invitee_key] = [userKey(inviter), userKey(invitee)];
  if (rows.find(invitationId)) throw new UnprojectableEvent('of an invitation that was sent before');
  if (rows.findOf(inviter_key)) throw new UnprojectableEvent('of an inviter who is engaged');
  const crossed = rows.findPending(invitee_key, inviter_key);
  rows.set({
    invitation_id: invitationId,
    inviter_key,
    invitee_key,
    inviter_is_engaged: true,
    has_seat: false,
    game_id: null,
    sent_at: date,
    expires_at: expiresAt,
    step_due_at: null,
    block_due_at: isBlockBetween(rows, inviter_key, invitee_key) ? leftUndoneAt(recorded) : null,
    gone_due_at: whenGone(rows.before.users.offlineSince(inviter_key), date),
  });
  if (crossed) rows.set({ ...crossed, step_due_at: crossed.step_due_at ?? leftUndoneAt(recorded) });
}

/** Also of an invitation that has ended meanwhile: the seat is to be released. */
function reserveSeat(rows: DuelRows, recorded: Recorded<'SeatReserved'>): void {
  const { invitationId, inviter, invitee } = recorded.event.data;
  const pending = rows.find(invitationId);
  if (pending?.has_seat) throw new UnprojectableEvent('of a seat that is reserved');
  const date = leftUndoneAt(recorded);
  rows.set(
    pending
      ? { ...pending, has_seat: true, step_due_at: date }
      : {
          invitation_id: invitationId,
          inviter_key: userKey(inviter),
          invitee_key: userKey(invitee),
          inviter_is_engaged: false,
          has_seat: true,
          game_id: null,
          sent_at: null,
          expires_at: date,
          ...AS_IT_EXPIRES,
        },
  );
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
  rows.set({ ...duel, game_id, expires_at: endsAt, ...AS_IT_EXPIRES });
  const action = 'game_accepted';
  out.frame({ users: [inviter_key] }, { action, data: invitersGame, ...invitersGame });
  out.frame({ users: [invitee_key] }, { action, data: inviteesGame, ...inviteesGame });
}

function decline(rows: DuelRows, recorded: Recorded<'InviteDeclined'>, out: Out): void {
  const { inviter, invitee } = recorded.event.data;
  const duel = pendingAt(rows, recorded);
  const { username, nickname } = rows.before.users.profileInEvent(userKey(invitee));
  end(rows, duel, recorded);
  out.frame(
    { users: [userKey(inviter), userKey(invitee)] },
    { action: 'game_declined', data: { username, nickname } },
  );
}

function cancel(rows: DuelRows, recorded: Recorded<'InviteCancelled'>, out: Out): void {
  const duel = pendingAt(rows, recorded);
  const { username, nickname } = rows.before.users.profileInEvent(userKey(recorded.event.data.inviter));
  end(rows, duel, recorded);
  tellOfEnd(recorded, { username, nickname, message: null }, out);
}

function expire(rows: DuelRows, recorded: Recorded<'InviteExpired'>, out: Out): void {
  end(rows, pendingAt(rows, recorded), recorded);
  tellOfEnd(recorded, { username: null, nickname: null, message: INVITATION_EXPIRED }, out);
}

/** For one of the two, who alone is told: the other one has an event of the same kind. */
function finish(rows: DuelRows, recorded: Recorded<'GameFinished'>, out: Out): void {
  const { invitationId, gameId, player, reason, date } = recorded.event.data;
  const [duel, user_key] = [rows.find(invitationId), userKey(player)];
  if (!duel || duel.game_id !== gameId) throw new UnprojectableEvent('of a game that is over, or never was');
  const left = afterGame(duel, user_key);
  if (!left) throw new UnprojectableEvent('of a player who does not play');
  rows.set({ ...left, expires_at: leftUndoneAt(recorded), ...AS_IT_EXPIRES });
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
function end(
  rows: DuelRows,
  duel: KnownDuel,
  recorded: Recorded<'InviteDeclined' | 'InviteCancelled' | 'InviteExpired'>,
): void {
  rows.set({
    ...duel,
    inviter_is_engaged: false,
    sent_at: null,
    expires_at: leftUndoneAt(recorded),
    ...AS_IT_EXPIRES,
  });
  uncross(rows, duel);
}

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
