import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Decider, Decision, Issued } from '../../domain/decider.ts';
import {
  acceptInvitation,
  endInvitation,
  finishGame,
  releaseSeat,
  reserveSeat,
  sendInvitation,
} from '../../domain/duel.ts';
import { evolvePlayer, NOT_ENGAGED, type Player, type PlayerEvent } from '../../domain/player.ts';
import * as any from './histories.ts';

/** Any step of a duel, decided for a player. */
const decided = <Command extends Issued, Context>(
  { decide }: Decider<Player, Command, PlayerEvent, string, Context>,
  command: fc.Arbitrary<Command>,
  context: fc.Arbitrary<Context>,
) =>
  fc.record({ command, context }).map(
    (step) =>
      (player: Player): Decision<PlayerEvent, string> =>
        decide(step.command, player, step.context),
  );

const nothing = fc.constant(undefined);
const duelSteps = fc.array(
  fc.oneof(
    decided(sendInvitation, any.sendInvitation, any.invited),
    decided(endInvitation, any.endInvitation, nothing),
    decided(reserveSeat, any.reserveSeat, nothing),
    decided(acceptInvitation, any.duelStep, any.acceptance),
    decided(releaseSeat, any.duelStep, nothing),
    decided(finishGame, any.finishGame, nothing),
  ),
  { minLength: 1, maxLength: 30 },
);

/** What may follow each event of a player at once; whatever is not named ends what keeps the player busy. */
const NEXT: { readonly [Type in PlayerEvent['type']]?: readonly PlayerEvent['type'][] } = {
  InviteSent: ['InviteAccepted', 'InviteDeclined', 'InviteCancelled', 'InviteExpired'],
  InviteAccepted: ['GameFinished'],
  SeatReserved: ['SeatReleased', 'GameFinished'],
};
const BEGINNINGS: readonly PlayerEvent['type'][] = ['InviteSent', 'SeatReserved'];

it('a player is busy with one thing at a time, which ends once, and sends no more than is allowed', () => {
  const property = fc.property(duelSteps, (asked) => {
    let player = NOT_ENGAGED;
    let last: PlayerEvent | undefined;
    for (const decide of asked) {
      const decision = decide(player);
      for (const event of decision.outcome === 'accepted' ? decision.events : []) {
        const next = last && NEXT[last.type];
        expect(next ?? BEGINNINGS).toContain(event.type);
        if (next) expect(event.data.invitationId).toBe(last?.data.invitationId);
        expect(event.data.sending?.count ?? 0).toBeLessThanOrEqual(3);
        player = evolvePlayer(player, event);
        last = event;
      }
    }
  });
  fc.assert(property, { numRuns: 2000 });
});

it('what keeps a player busy, and how many invitations were sent, is in the last event alone', () => {
  const property = fc.property(fc.array(any.playerEvent), any.playerEvent, (earlier, event) => {
    const { engagement, sending } = evolvePlayer(NOT_ENGAGED, event);
    expect(evolvePlayer(earlier.reduce(evolvePlayer, NOT_ENGAGED), event)).toMatchObject({
      engagement,
      sending,
    });
  });
  fc.assert(property, { numRuns: 500 });
});
