import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decider, Issued } from '../../domain/decider.ts';
import {
  acceptInvitation,
  cancelAsGone,
  endInvitation,
  finishGame,
  releaseSeat,
  reserveSeat,
  sendInvitation,
} from '../../domain/duel.ts';
import { messageDecider } from '../../domain/message.ts';
import { inboxDecider, notificationDecider } from '../../domain/notification.ts';
import { dropSession, openSession, settlePresence } from '../../domain/presence.ts';
import { readingDecider } from '../../domain/reading.ts';
import { relationshipDecider } from '../../domain/relationship.ts';
import { tournamentDecider } from '../../domain/tournament.ts';
import { userDecider } from '../../domain/user.ts';
import * as any from './histories.ts';
import * as presence from './presence-histories.ts';

const RUNS = { numRuns: 500 };

/** Given any events at all, `evolve` and `decide` answer; an exception fails the property. */
function alwaysAnswers<State, Command extends Issued, Event, Code extends string, Context>(
  decider: Decider<State, Command, Event, Code, Context>,
  event: fc.Arbitrary<Event>,
  command: fc.Arbitrary<Command>,
  context: fc.Arbitrary<Context>,
): void {
  const anything = fc.property(fc.array(event), command, context, (history, given, known) => {
    const state = history.reduce<State>(decider.evolve, decider.initial);
    const decision = decider.decide(given, state, known);
    if (decision.outcome === 'accepted') decision.events.reduce<State>(decider.evolve, state);
  });
  fc.assert(anything, RUNS);
}

describe('no history makes a decider throw', () => {
  it('user', () => alwaysAnswers(userDecider, any.userEvent, any.userCommand, fc.constant(undefined)));
  it('relationship', () =>
    alwaysAnswers(relationshipDecider, any.relationshipEvent, any.relationshipCommand, any.pair));
  it('message', () => alwaysAnswers(messageDecider, any.messageEvent, any.messageCommand, any.relationship));
  it('reading', () => alwaysAnswers(readingDecider, any.readingEvent, any.readingCommand, any.messageInLog));
  it('notification', () =>
    alwaysAnswers(notificationDecider, any.notificationEvent, any.notificationCommand, any.cause));
  it('inbox', () => alwaysAnswers(inboxDecider, any.inboxEvent, any.inboxCommand, fc.constant(undefined)));
  it('tournament', () =>
    alwaysAnswers(tournamentDecider, any.tournamentEvent, any.tournamentCommand, any.creator));
  it('player, at any step of a duel', () => {
    const nothing = fc.constant(undefined);
    alwaysAnswers(sendInvitation, any.playerEvent, any.sendInvitation, any.invited);
    alwaysAnswers(endInvitation, any.playerEvent, any.endInvitation, nothing);
    alwaysAnswers(cancelAsGone, any.playerEvent, any.cancelAsGone, presence.presence);
    alwaysAnswers(reserveSeat, any.playerEvent, any.reserveSeat, nothing);
    alwaysAnswers(acceptInvitation, any.playerEvent, any.duelStep, any.acceptance);
    alwaysAnswers(releaseSeat, any.playerEvent, any.duelStep, nothing);
    alwaysAnswers(finishGame, any.playerEvent, any.finishGame, nothing);
  });
  it('presence', () => {
    const nothing = fc.constant(undefined);
    alwaysAnswers(openSession, presence.presenceEvent, presence.openSession, nothing);
    alwaysAnswers(dropSession, presence.presenceEvent, presence.dropSession, nothing);
    alwaysAnswers(settlePresence, presence.presenceEvent, presence.settlePresence, nothing);
  });
});

/** As a later version may have written, before it was rolled back. */
const UNKNOWN = JSON.parse(
  '{"type":"FromALaterVersion","data":{"username":"eve","messagePosition":"99","upTo":"99"}}',
);

describe('an event of an unknown type changes nothing', () => {
  function keepsState<State, Command extends Issued, Event, Code extends string, Context>(
    { evolve, initial }: Decider<State, Command, Event, Code, Context>,
    event: fc.Arbitrary<Event>,
  ): void {
    const anything = fc.property(fc.array(event), (history) => {
      const state = history.reduce<State>(evolve, initial);
      expect(evolve(state, UNKNOWN)).toEqual(state);
      expect(evolve(initial, UNKNOWN)).toEqual(initial);
    });
    fc.assert(anything, RUNS);
  }
  it('of a user', () => keepsState(userDecider, any.userEvent));
  it('of a relationship', () => keepsState(relationshipDecider, any.relationshipEvent));
  it('of a message', () => keepsState(messageDecider, any.messageEvent));
  it('of a marker', () => keepsState(readingDecider, any.readingEvent));
  it('of a notification', () => keepsState(notificationDecider, any.notificationEvent));
  it('of an inbox', () => keepsState(inboxDecider, any.inboxEvent));
  it('of a tournament', () => keepsState(tournamentDecider, any.tournamentEvent));
  it('of a player', () => keepsState(sendInvitation, any.playerEvent));
  it('of a presence', () => keepsState(openSession, presence.presenceEvent));
});
