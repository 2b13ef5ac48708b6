import { sendInvitation } from '../domain/duel.ts';
import { isPlaying, isSeated, whyEngaged, whyNotInvited } from '../domain/player.ts';
import { userDecider } from '../domain/user.ts';
import { isUsername, sameUser } from '../domain/username.ts';
import { isReferredTo, placeOf } from '../platform/event-store/event-reference.ts';
import { streamOf } from '../platform/event-store/stream-name.ts';
import type { Command, CommandOf } from '../protocol/commands.ts';
import { acceptedAt, decideAndAppend } from './decide-and-append.ts';
import {
  accept,
  blockBetween,
  duelOf,
  end,
  endAsGone,
  finish,
  GAME,
  issued,
  type LoadedPlayer,
  loadPlayer,
  orLeaveIt,
  pendingDuel,
  release,
  unchanged,
} from './duel-steps.ts';
import { type Execute, type ExecutionContext, refused } from './execution-context.ts';
import { LAST_EVENT, LAST_EVENTS, loadStream } from './load-stream.ts';

/*
 * What duels take that one decision on one stream is not enough for. Whatever is left undone here, by a crash or because there is no time,
 * is on the list that the `duels` read model keeps, and done by `settle_duel`.
 */

type Executes<Types extends Command['type']> = { readonly [Type in Types]: Execute<CommandOf<Type>> };

export const duels: Executes<
  | 'send_invitation'
  | 'accept_invitation'
  | 'decline_invitation'
  | 'cancel_invitation'
  | 'finish_game'
  | 'settle_duel'
> = {
  /** An invitation the other way is declined first. One that was on its way at the same moment is seen once this one is stored. */
  async send_invitation(command, context) {
    const { actor } = context;
    const { invitee } = command;
    if (!isUsername(invitee)) return refused('user_not_found');
    const sending = sendingOf(command, context);
    await declineReciprocal(invitee, context, async () => {
      const [own, { value }] = await Promise.all([loadPlayer(actor, context), sending.loadContext(true)]);
      const isStored = own.events.some(({ metadata }) => metadata.commandId === context.commandId);
      const { outcome } = sendInvitation.decide({ ...command, ...issued(context) }, own.state, value);
      return !isStored && outcome === 'accepted';
    });
    const sent = await decideAndAppend({ ...command, ...issued(context) }, sending, context);
    if (sent.outcome === 'accepted')
      await orLeaveIt(
        declineReciprocal(invitee, context, ({ position }) => (position ?? 0n) < BigInt(sent.position)),
      );
    return sent;
  },
  async accept_invitation({ inviter }, context) {
    const { actor, commandId } = context;
    if (sameUser(inviter, actor)) return refused('self_invite');
    if (!isUsername(inviter)) return refused('user_not_found');
    const found = await loadPlayer(inviter, context);
    const before = found.events.find(({ metadata }) => metadata.commandId === commandId);
    if (before?.event.type === 'InviteAccepted')
      return acceptedAt(before.position, true, before.event.data.gameId);
    const duel = pendingDuel(found);
    if (duel && sameUser(duel.invitee, actor)) return accept(duel, context);
    return refused((await isKnown(inviter, context)) ? whyNotInvited(found.state, actor) : 'user_not_found');
  },
  async decline_invitation({ inviter }, context) {
    if (!isUsername(inviter)) return refused('user_not_found');
    const declined = await end(inviter, { how: 'decline', invitee: context.actor }, context);
    if (declined.outcome === 'accepted' || (await isKnown(inviter, context))) return declined;
    return refused('user_not_found');
  },
  cancel_invitation({ invitee }, context) {
    return end(context.actor, { how: 'cancel', invitee }, context);
  },
  /** Only accepted invitations have a game that anybody has heard of: whoever knows its id is right that there was one. */
  async finish_game({ gameId, asPlayer }, context) {
    const { actor, store, deadline } = context;
    const place = placeOf(gameId);
    const found = place === null ? null : await store.readAt(place, { deadline });
    if (found?.event.type !== 'InviteSent' || !isReferredTo(found, gameId, GAME))
      return refused('game_not_found');
    const duel = duelOf(found.event.data, gameId);
    if (asPlayer && !sameUser(actor, duel.inviter) && !sameUser(actor, duel.invitee))
      return refused('forbidden');
    return finish(duel, 'reported', context);
  },
  /**
   * The inviter's stream is read first: a game that it tells of has a seat, which is seen afterwards unless the game was finished for the
   * invitee.
   */
  async settle_duel(asked, context) {
    const { inviter, invitee } = asked;
    const [inviterSide, { value: isBlocked }] = await Promise.all([
      loadPlayer(inviter, context),
      blockBetween(inviter, invitee, true, context),
    ]);
    const inviteeSide = await loadPlayer(invitee, context);
    const pending = pendingDuel(inviterSide);
    if (pending?.invitationId === asked.invitationId) {
      if (isBlocked) {
        const ended = await end(inviter, { how: 'block', ...pending }, context);
        return isSeated(inviteeSide.state, pending) ? release(pending, context) : ended;
      }
      if (isSeated(inviteeSide.state, pending)) return accept(pending, context);
      const reciprocal = pendingDuel(inviteeSide);
      const isCrossed = reciprocal && sameUser(reciprocal.invitee, inviter);
      if (isCrossed && isLater(inviteeSide, inviterSide))
        return end(inviter, { how: 'decline', ...pending }, context);
      return context.date < pending.expiresAt
        ? endAsGone(pending, context)
        : end(inviter, { how: 'expire', ...pending }, context);
    }
    const { engagement } = inviterSide.state;
    if (engagement?.by === 'game' && isPlaying(inviterSide.state, asked)) {
      const isOver = context.date >= engagement.endsAt;
      return isOver || !isSeated(inviteeSide.state, asked)
        ? finish(engagement, 'expired', context)
        : unchanged(inviterSide);
    }
    const seat = inviteeSide.state.engagement;
    return seat?.by === 'seat' && isSeated(inviteeSide.state, asked)
      ? release(seat, context)
      : unchanged(inviterSide);
  },
};

const isLater = ({ position }: LoadedPlayer, other: LoadedPlayer): boolean =>
  (position ?? 0n) > (other.position ?? 0n);

const isKnown = async (username: string, context: ExecutionContext): Promise<boolean> =>
  (await loadUser(username, context)).state !== null;

const loadUser = (username: string, { store, deadline }: ExecutionContext) =>
  loadStream(store, streamOf('user', username), { ...LAST_EVENT, deadline }, userDecider);

/** Blocks are looked at as they are when the invitation is stored. */
function sendingOf({ invitee, invitationId }: CommandOf<'send_invitation'>, context: ExecutionContext) {
  const { actor, duelLimits } = context;
  return {
    decider: sendInvitation,
    stream: streamOf('player', actor),
    part: LAST_EVENTS,
    async loadContext(fresh: boolean) {
      const [{ state }, { value: isBlocked, ...resting }] = await Promise.all([
        loadUser(invitee, context),
        blockBetween(actor, invitee, fresh, context),
      ]);
      return { value: { invitee: state, isBlocked, limits: duelLimits.sending }, ...resting };
    },
    id: invitationId,
  };
}

/** Declines what the other has sent to the actor, if it is pending and `isDue`. */
async function declineReciprocal(
  other: string,
  context: ExecutionContext,
  isDue: (found: LoadedPlayer) => boolean | Promise<boolean>,
): Promise<void> {
  const { actor } = context;
  const found = await loadPlayer(other, context);
  const reciprocal = pendingDuel(found);
  if (!reciprocal || sameUser(other, actor) || !sameUser(reciprocal.invitee, actor)) return;
  if (await isDue(found)) await end(other, { how: 'decline', ...reciprocal }, context);
}

/**
 * What was pending between the two when one blocked the other, at this place of the log, ends, whoever has sent it. Resolves with the
 * place up to which that is done.
 */
export async function cancelBetween(
  one: string,
  other: string,
  blockedAt: bigint,
  context: ExecutionContext,
): Promise<bigint> {
  const cancel = async (inviter: string, invitee: string): Promise<bigint> => {
    const found = await loadPlayer(inviter, context);
    const pending = pendingDuel(found);
    if (!pending || !sameUser(pending.invitee, invitee) || (found.position ?? 0n) > blockedAt)
      return blockedAt;
    const ended = await end(inviter, { how: 'block', ...pending }, context);
    return ended.outcome === 'accepted' ? BigInt(ended.position) : blockedAt;
  };
  const places = await orLeaveIt(Promise.all([cancel(one, other), cancel(other, one)]));
  let upTo = blockedAt;
  for (const place of places ?? []) if (place > upTo) upTo = place;
  return upTo;
}

/** Of a tournament: what decisions on it rest on. */
export async function creatorOf(username: string, context: ExecutionContext) {
  const { state, revision } = await loadPlayer(username, context);
  return {
    value: { isInGame: whyEngaged(state) === 'in_game' },
    condition: { stream: streamOf('player', username), revision },
  };
}
