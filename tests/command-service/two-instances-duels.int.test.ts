import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import type { CommandReply } from '../../protocol/commands.ts';
import { acceptance, eventsOf, fifty, refusal, registered } from './conversation.ts';
import {
  accept,
  block,
  cancel,
  decline,
  finish,
  game,
  invitation,
  invite,
  invitedBy,
  playerEvents,
  settle,
  typesOf,
} from './duel-commands.ts';
import { creation } from './tournament-commands.ts';
import { describeTwoInstances } from './two-instances.ts';

const ROUNDS = Array.from({ length: 10 }, (_, round) => round);

const isAccepted = ({ outcome }: CommandReply) => outcome === 'accepted';

/** Others may have been quicker too often for one to be answered. */
function expectRefusals(replies: readonly CommandReply[], ...codes: string[]) {
  for (const reply of replies)
    if (reply.outcome === 'refused') expect([...codes, 'unavailable']).toContain(reply.code);
}

describeTwoInstances('duels', (instances) => {
  it('of fifty invitations of one user at once one is stored', async () => {
    const { one, two, turn } = instances();
    const [ann, ...others] = [
      await registered(one, 'Ann'),
      await registered(one, 'Bob'),
      await registered(two, 'Cleo'),
    ];
    const replies = await fifty((index) => turn(index).send(ann, invite(others[index % 2] ?? '')));
    expect(await typesOf(two, ann)).toEqual(['InviteSent']);
    expect(replies.filter(isAccepted)).toHaveLength(1);
    expectRefusals(replies, 'invitation_pending');
  });

  it('fifty acceptances at once lead to one game, with one id', async () => {
    const { one, turn } = instances();
    const { inviter, invitee } = await invitation(one);
    const replies = await fifty((index) => turn(index).send(invitee, accept(inviter)));
    expect(await typesOf(one, inviter)).toEqual(['InviteSent', 'InviteAccepted']);
    expect(await typesOf(one, invitee)).toEqual(['SeatReserved']);
    const games = replies.filter(isAccepted).map((reply) => acceptance(reply).id);
    expect(new Set(games).size).toBe(1);
    expectRefusals(replies, 'invitation_not_found');
  });

  it('of two invitations that cross exactly one stays, and can be accepted', async () => {
    const { one, turn } = instances();
    for (const round of ROUNDS) {
      const pair = await Promise.all([registered(one, 'Ann'), registered(one, 'Bob')]);
      const [ann, bob] = pair;
      const replies = await Promise.all([
        turn(round).send(ann, invite(bob)),
        turn(round + 1).send(bob, invite(ann)),
      ]);
      for (const reply of replies) acceptance(reply);
      const types = await Promise.all(pair.map((player) => typesOf(one, player)));
      expect(types.toSorted((a, b) => a.length - b.length)).toEqual([
        ['InviteSent'],
        ['InviteSent', 'InviteDeclined'],
      ]);
      const [inviter, invitee] = types[0]?.length === 1 ? [ann, bob] : [bob, ann];
      acceptance(await turn(round).send(invitee, accept(inviter)));
    }
  });

  it('an acceptance beside a cancellation or a refusal: the invitation ends once, and nobody stays engaged', async () => {
    const { one, two, turn } = instances();
    for (const round of ROUNDS) {
      const duel = await invitation(one);
      const { inviter, invitee } = duel;
      const [accepting, ending] = await Promise.all([
        turn(round).send(invitee, accept(inviter)),
        round % 2
          ? turn(round + 1).send(inviter, cancel(invitee))
          : turn(round + 1).send(invitee, decline(inviter)),
      ]);
      const types = await Promise.all([typesOf(two, inviter), typesOf(two, invitee)]);
      if (isAccepted(accepting)) {
        expect(types).toEqual([['InviteSent', 'InviteAccepted'], ['SeatReserved']]);
        expect(ending).toEqual(refusal('invitation_not_found'));
      } else {
        acceptance(ending);
        expect(accepting).toEqual(refusal('invitation_not_found'));
        expect(types[0]).toEqual(['InviteSent', round % 2 ? 'InviteCancelled' : 'InviteDeclined']);
        expect([[], ['SeatReserved', 'SeatReleased']]).toContainEqual(types[1]);
      }
      expect(acceptance(await settle(two, duel)).changed).toBe(false);
    }
  });

  it('who accepts two invitations at once plays one game, and the other one is still pending', async () => {
    const { one, turn } = instances();
    for (const round of ROUNDS) {
      const first = await invitation(one);
      const { invitee } = first;
      const second = await invitedBy(one, await registered(one, 'Cleo'), invitee);
      const replies = await Promise.all(
        [first, second].map(({ inviter }, index) => turn(round + index).send(invitee, accept(inviter))),
      );
      expect(replies.filter(isAccepted)).toHaveLength(1);
      expectRefusals(replies, 'in_game');
      expect(await typesOf(one, invitee)).toEqual(['SeatReserved']);
      const types = await Promise.all([first, second].map(({ inviter }) => typesOf(one, inviter)));
      for (const [index, reply] of replies.entries())
        expect(types[index]).toEqual(isAccepted(reply) ? ['InviteSent', 'InviteAccepted'] : ['InviteSent']);
    }
  });

  it('who accepts and invites at the same moment does one of both', async () => {
    const { one, turn } = instances();
    for (const round of ROUNDS) {
      const { inviter, invitee } = await invitation(one);
      const cleo = await registered(one, 'Cleo');
      const replies = await Promise.all([
        turn(round).send(invitee, accept(inviter)),
        turn(round + 1).send(invitee, invite(cleo)),
      ]);
      expect(replies.filter(isAccepted)).toHaveLength(1);
      expectRefusals(replies, 'in_game', 'invitation_pending');
      expect(await typesOf(one, invitee)).toHaveLength(1);
    }
  });

  it('a block beside an acceptance: the game was there before, or the invitation is over for both', async () => {
    const { one, two, turn, looksAndAppends } = instances();
    for (const round of ROUNDS) {
      const { inviter, invitee } = await invitation(one);
      const blocker = round % 2 ? inviter : invitee;
      const [accepting, blocking] = await Promise.all([
        turn(round).send(invitee, accept(inviter)),
        turn(round + 1).send(blocker, block(blocker === inviter ? invitee : inviter)),
      ]);
      const { position: blockedAt } = acceptance(blocking);
      const [host, types] = [await playerEvents(two, inviter), await typesOf(two, invitee)];
      const end = host.at(-1);
      expect(host).toHaveLength(2);
      if (isAccepted(accepting)) {
        expect([end?.event.type, types]).toEqual(['InviteAccepted', ['SeatReserved']]);
        if (looksAndAppends) expect(end?.position).toBeLessThan(BigInt(blockedAt));
      } else {
        expectRefusals([accepting], 'not_invitable', 'invitation_not_found');
        expect(end?.event).toMatchObject({ type: 'InviteCancelled', data: { reason: 'block' } });
        expect([[], ['SeatReserved', 'SeatReleased']]).toContainEqual(types);
      }
    }
  });

  it('an invitation beside a block is cancelled, or was never sent', async () => {
    const { one, two, turn } = instances();
    for (const round of ROUNDS) {
      const [inviter, invitee] = await Promise.all([registered(one, 'Ann'), registered(one, 'Bob')]);
      const asked = invite(invitee);
      const [sending] = await Promise.all([
        turn(round).send(inviter, asked),
        turn(round + 1).send(invitee, block(inviter)),
      ]);
      expectRefusals([sending], 'not_invitable');
      await settle(two, { invitationId: asked.invitationId, inviter, invitee });
      expect(await typesOf(one, inviter)).toEqual(
        isAccepted(sending) ? ['InviteSent', 'InviteCancelled'] : [],
      );
    }
  });

  it('nobody announces a tournament amid a game: it came before, or is refused', async () => {
    const { one, turn, looksAndAppends } = instances();
    for (const round of ROUNDS) {
      const { inviter, invitee } = await invitation(one);
      const player = round % 2 ? inviter : invitee;
      const [accepting, announcing] = await Promise.all([
        turn(round).send(invitee, accept(inviter)),
        turn(round + 1).send(player, creation()),
      ]);
      acceptance(accepting);
      expectRefusals([announcing], 'in_game');
      const [stored] = await eventsOf(one, streamOf('tournament', player));
      expect(stored !== undefined).toBe(isAccepted(announcing));
      const [playing] = (await playerEvents(one, player)).slice(-1);
      if (stored && looksAndAppends) expect(stored.position).toBeLessThan(playing?.position ?? 0n);
      expect(await turn(round).send(player, creation())).toEqual(refusal('in_game'));
    }
  });

  it('invitations are counted whichever instance is asked', async () => {
    const { one, two, turn } = instances();
    const [ann, bob] = [await registered(one, 'Ann'), await registered(two, 'Bob')];
    for (const round of ROUNDS) {
      acceptance(await turn(round).send(ann, invite(bob)));
      acceptance(await turn(round + 1).send(ann, cancel(bob)));
    }
    for (const instance of [one, two])
      expect(await instance.send(ann, invite(bob))).toEqual(refusal('rate_limited'));
  });

  it('a game that many report at once is over once for each, and its id is found by the log alone', async () => {
    const { one, two, turn } = instances();
    const { gameId, inviter, invitee } = await game(one);
    const replies = await fifty((index) =>
      index % 3
        ? turn(index).send(index % 2 ? inviter : invitee, finish(gameId, true))
        : turn(index).send('*game-server', finish(gameId)),
    );
    expectRefusals(replies);
    expect(await typesOf(two, inviter)).toEqual(['InviteSent', 'InviteAccepted', 'GameFinished']);
    expect(await typesOf(one, invitee)).toEqual(['SeatReserved', 'GameFinished']);
    expect(await two.send('*game-server', finish(randomUUID()))).toEqual(refusal('game_not_found'));
  });

  it('the end of a game beside the next invitation: both hold, or that one is refused', async () => {
    const { one, two, turn } = instances();
    for (const round of ROUNDS) {
      const { gameId, inviter, invitee } = await game(one);
      const [finishing, inviting] = await Promise.all([
        turn(round).send('*game-server', finish(gameId)),
        turn(round + 1).send(round % 2 ? inviter : invitee, invite(round % 2 ? invitee : inviter)),
      ]);
      acceptance(finishing);
      expectRefusals([inviting], 'in_game');
      const types = await Promise.all([typesOf(two, inviter), typesOf(two, invitee)]);
      for (const all of types) expect(all.filter((type) => type === 'GameFinished')).toHaveLength(1);
    }
  });
});
