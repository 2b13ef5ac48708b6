import type { Issued } from '../domain/decider.ts';
import {
  acceptInvitation,
  type CancelAsGone,
  cancelAsGone,
  type DuelStep,
  type EndInvitation,
  endInvitation,
  finishGame,
  type ReserveSeat,
  releaseSeat,
  reserveSeat,
} from '../domain/duel.ts';
import {
  evolvePlayer,
  type GameFinished,
  isPlaying,
  NOT_ENGAGED,
  type Parties,
  type Player,
  type PlayerEvent,
  pendingInvitation,
  whyNotInvited,
} from '../domain/player.ts';
import { evolvePresence, NEVER_THERE } from '../domain/presence.ts';
import { referenceTo } from '../platform/event-store/event-reference.ts';
import type { RecordedEvent } from '../platform/event-store/event-store.ts';
import { pairId, streamOf } from '../platform/event-store/stream-name.ts';
import type { CommandReply, Refusal } from '../protocol/commands.ts';
import {
  acceptedAt,
  type DecisionContext,
  decideAndAppend,
  isTransient,
  type StreamChange,
} from './decide-and-append.ts';
import { type ExecutionContext, noContext, refused } from './execution-context.ts';
import { LAST_EVENT, LAST_EVENTS, type LoadedStream, loadStream } from './load-stream.ts';

/** An invitation and the game that it leads to. */
export type Duel = Parties & Pick<DuelStep, 'gameId'>;

type PendingDuel = Duel & Pick<ReserveSeat, 'expiresAt'> & Pick<CancelAsGone, 'sentAt'>;

/** What a game's id refers to: the invitation that it came of. */
export const GAME = 'game';

export type LoadedPlayer = LoadedStream<Player, PlayerEvent>;

export const loadPlayer = (
  username: string,
  { store, deadline }: Pick<ExecutionContext, 'store' | 'deadline'>,
): Promise<LoadedPlayer> =>
  loadStream(
    store,
    streamOf('player', username),
    { ...LAST_EVENTS, deadline },
    { initial: NOT_ENGAGED, evolve: evolvePlayer },
  );

/** The player's own invitation, if it is pending: then it is the last event of the stream. */
export function pendingDuel({ state, events }: LoadedPlayer): PendingDuel | null {
  const [pending, sent] = [pendingInvitation(state), events.at(-1)];
  if (!pending || !sent) return null;
  const { expiresAt } = pending;
  return { ...duelOf(pending, gameIdOf(sent)), expiresAt, sentAt: sent.event.data.date };
}

const gameIdOf = (inviteSent: RecordedEvent): string => referenceTo(inviteSent, GAME);

export const duelOf = ({ invitationId, inviter, invitee }: Parties, gameId: string): Duel => ({
  invitationId,
  inviter,
  invitee,
  gameId,
});

export const issued = ({ actor, date }: ExecutionContext): Issued => ({ actor, date });

export const unchanged = ({ position }: LoadedPlayer): CommandReply =>
  position === null ? refused('invitation_not_found') : acceptedAt(position, false);

/**
 * Whether one of the two has blocked the other, for decisions that rest on it. As it is now: a block ends what stands before it in
 * the log, and nothing may come after it that was decided on how it was.
 */
export async function blockBetween(
  one: string,
  other: string,
  fresh: boolean,
  { relationships }: ExecutionContext,
): Promise<DecisionContext<boolean>> {
  const { value, condition } = await relationships.of(pairId(one, other), fresh);
  return { value: value.blockers.length > 0, condition: { ...condition, mayLag: false } };
}

/** Refused when no such invitation is pending. */
export const end = (
  inviter: string,
  ending: Pick<EndInvitation, 'how' | 'invitee' | 'invitationId'>,
  context: ExecutionContext,
): Promise<CommandReply> =>
  decideAndAppend(
    { how: ending.how, invitee: ending.invitee, invitationId: ending.invitationId, ...issued(context) },
    {
      decider: endInvitation,
      stream: streamOf('player', inviter),
      part: LAST_EVENTS,
      loadContext: noContext,
      // One command may end several: of both players, or one after the other.
      step: `${ending.how} of ${ending.invitationId ?? inviter.toLowerCase()}`,
    },
    context,
  );

/** Its reply's id is the game's. When the invitation has ended otherwise meanwhile, the seat is free again. */
export async function accept(duel: PendingDuel, context: ExecutionContext): Promise<CommandReply> {
  const reserved = await takeStep('reserve', duel.invitee, duel, reserveSeat, noContext, context);
  if (reserved.outcome === 'refused')
    return reserved.code === 'invitation_expired' ? expire(duel, context) : reserved;
  const loadContext = async (fresh: boolean) => {
    const { value: isBlocked, ...resting } = await blockBetween(duel.inviter, duel.invitee, fresh, context);
    return { value: { isBlocked, gameLimitMs: context.duelLimits.gameLimitMs }, ...resting };
  };
  const accepted = await takeStep('accept', duel.inviter, duel, acceptInvitation, loadContext, context);
  if (accepted.outcome === 'accepted') return { ...accepted, id: duel.gameId };
  if (accepted.code === 'not_invitable') {
    const ended = await end(duel.inviter, { how: 'block', ...duel }, context);
    // Not pending any more: perhaps another command has accepted it before the block.
    if (ended.outcome === 'refused') return accept(duel, context);
  }
  await orLeaveIt(release(duel, context));
  return accepted;
}

/** As long as the inviter stays away: somebody who is back by then keeps the invitation. */
export const endAsGone = (duel: PendingDuel, context: ExecutionContext): Promise<CommandReply> => {
  const presence = streamOf('presence', duel.inviter);
  const loadContext = async () => {
    const part = { ...LAST_EVENT, deadline: context.deadline };
    const inviter = { initial: NEVER_THERE, evolve: evolvePresence };
    const { state, revision } = await loadStream(context.store, presence, part, inviter);
    return { value: state, condition: { stream: presence, revision } };
  };
  return takeStep('gone', duel.inviter, duel, cancelAsGone, loadContext, context);
};

/** Before housekeeping does. Refused for what it has ended as in the end. */
async function expire(duel: PendingDuel, context: ExecutionContext): Promise<Refusal> {
  await end(duel.inviter, { how: 'expire', ...duel }, context);
  const inviterSide = await loadPlayer(duel.inviter, context);
  return refused(whyNotInvited(inviterSide.state, duel.invitee));
}

/** Only once the invitation has ended otherwise, which is forever: one that is pending, or was accepted by others meanwhile, keeps its seat. */
export async function release(duel: Duel, context: ExecutionContext): Promise<CommandReply> {
  const inviterSide = await loadPlayer(duel.inviter, context);
  const isPending = pendingInvitation(inviterSide.state)?.invitationId === duel.invitationId;
  if (isPending || isPlaying(inviterSide.state, duel)) return unchanged(inviterSide);
  return takeStep('release', duel.invitee, duel, releaseSeat, noContext, context);
}

/**
 * First for the invitee, as only a game that the inviter's stream tells of can be finished. Of two who finish it at once, the one who was
 * first there says why.
 */
export async function finish(
  duel: Duel,
  reason: GameFinished['data']['reason'],
  context: ExecutionContext,
): Promise<CommandReply> {
  const { inviter, invitee } = duel;
  const inviterSide = await loadPlayer(inviter, context);
  if (!isPlaying(inviterSide.state, duel)) return unchanged(inviterSide);
  const finishFor = (side: 'invitee' | 'inviter', why: typeof reason) => {
    const told = { ...duel, player: duel[side], reason: why };
    return takeStep(`finish for ${side}`, told.player, told, finishGame, noContext, context);
  };
  await finishFor('invitee', reason);
  const inviteeSide = await loadPlayer(invitee, context);
  return finishFor('inviter', whyFinished(inviteeSide, duel) ?? reason);
}

/** Why this game is over for its invitee; undefined: it is not, or that was long ago. */
function whyFinished({ events }: LoadedPlayer, { invitationId }: Duel) {
  for (const { event } of events)
    if (event.type === 'GameFinished' && event.data.invitationId === invitationId) return event.data.reason;
  return undefined;
}

/** A step of one duel, whichever command takes it: its events are the same. */
const takeStep = <Asked extends Duel, Context>(
  step: string,
  player: string,
  duel: Asked,
  decider: StreamChange<Player, Asked & Issued, PlayerEvent, Context>['decider'],
  loadContext: StreamChange<Player, Asked & Issued, PlayerEvent, Context>['loadContext'],
  context: ExecutionContext,
): Promise<CommandReply> =>
  decideAndAppend(
    { ...duel, ...issued(context) },
    {
      decider,
      stream: streamOf('player', player),
      part: LAST_EVENTS,
      loadContext,
      step,
      stepOf: duel.invitationId,
    },
    context,
  );

/** For what is no part of the answer: when there is no time for it, or no store, housekeeping does it. */
export async function orLeaveIt<Result>(work: Promise<Result>): Promise<Result | null> {
  try {
    return await work;
  } catch (error) {
    if (isTransient(error)) return null;
    throw error;
  }
}
