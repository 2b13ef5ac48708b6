import { v7 as newId } from 'uuid';
import { afterEach, describe, expect, it } from 'vitest';
import { duelConfiguration } from '../../command-service/duel-limits.ts';
import type { DomainEvent } from '../../domain/domain-event.ts';
import { INVITER_GONE_MS } from '../../domain/duel.ts';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import { GATEWAYS } from '../../platform/liveness/configuration.ts';
import { createMember } from '../../platform/liveness/members.ts';
import { GATEWAY } from '../../protocol/commands.ts';
import { gameOptions } from '../../protocol/game-options.ts';
import { drop, open } from '../command-service/presence-commands.ts';
import { eventually } from '../support/patience.ts';
import { useWholeHouse } from './whole-house.ts';

const TTL_MS = duelConfiguration.parse({}).INVITATION_TTL_S * 1000;
const GAME_LIMIT_MS = duelConfiguration.parse({}).GAME_LIMIT_S * 1000;

/** The command that began it has so much time to end it by itself. */
const LEFT_TO_ITSELF_MS = 2001;

const END_OF_TIME = '9999-12-31T00:00:00.000Z';

describe('what is due of duels', () => {
  const house = useWholeHouse();

  /** Two users, of whom one has invited the other. */
  async function invited() {
    const id = newId().slice(-12);
    const [inviter, invitee] = [`ann-${id}`, `bob-${id}`];
    const ids = { invitationId: newId(), clientId: 'tab' };
    await house.sendAll([
      [inviter, { type: 'register_user' }],
      [invitee, { type: 'register_user' }],
      [inviter, { type: 'send_invitation', invitee, ...ids, options: gameOptions.parse({}) }],
    ]);
    return { inviter, invitee };
  }

  const becomes = (player: string, types: readonly DomainEvent['type'][]) =>
    house.becomes('player', player, types);

  afterEach(async () => {
    house.deadly = null;
    await eventually(async () => {
      const { answer } = await house.readModels.dueDuels({ before: END_OF_TIME, after: null, limit: 10 });
      expect(answer).toEqual([]);
    });
  });

  it('ends: invitations that nobody answers expire', async () => {
    const duels = [await invited(), await invited()];
    house.pass(TTL_MS + 1);
    for (const { inviter, invitee } of duels) {
      await becomes(inviter, ['InviteSent', 'InviteExpired']);
      await becomes(invitee, []);
    }
  });

  it('ends: invitations of those who have gone, a minute later', async () => {
    const gatewayId = newId();
    await createMember({ pool: house.pool, group: GATEWAYS, id: gatewayId }).join();
    const [gone, back] = [await invited(), await invited()];
    for (const { inviter } of [gone, back]) {
      const tab = open(inviter);
      await house.sendAll([
        [GATEWAY, tab],
        [GATEWAY, drop(tab, { graceMs: 0 })],
      ]);
    }
    house.pass(INVITER_GONE_MS - 1);
    await house.sendAll([[GATEWAY, open(back.inviter, { gatewayId })]]);
    await becomes(gone.inviter, ['InviteSent']);
    house.pass(2);
    await becomes(gone.inviter, ['InviteSent', 'InviteCancelled']);
    await becomes(back.inviter, ['InviteSent']);
    await house.sendAll([[back.inviter, { type: 'cancel_invitation', invitee: back.invitee }]]);
  });

  it('ends: games that nobody reports', async () => {
    const { inviter, invitee } = await invited();
    expect(await house.send(invitee, { type: 'accept_invitation', inviter })).toMatchObject({
      outcome: 'accepted',
    });
    house.pass(GAME_LIMIT_MS + 1);
    await becomes(inviter, ['InviteSent', 'InviteAccepted', 'GameFinished']);
    await becomes(invitee, ['SeatReserved', 'GameFinished']);
  });

  it('is completed: an acceptance of which only the seat was reserved', async () => {
    const { inviter, invitee } = await invited();
    house.deadly = { stream: streamOf('player', inviter), type: 'InviteAccepted' };
    const accepting = await house.send(invitee, { type: 'accept_invitation', inviter });
    expect(accepting).toMatchObject({ code: 'unavailable' });
    house.deadly = null;
    await becomes(invitee, ['SeatReserved']);
    house.pass(LEFT_TO_ITSELF_MS);
    await becomes(inviter, ['InviteSent', 'InviteAccepted']);
    house.pass(GAME_LIMIT_MS + 1);
    await becomes(invitee, ['SeatReserved', 'GameFinished']);
    await becomes(inviter, ['InviteSent', 'InviteAccepted', 'GameFinished']);
  });

  it('is undone: an acceptance that came too late, and whose seat was not released', async () => {
    const { inviter, invitee } = await invited();
    house.deadly = { stream: streamOf('player', inviter), type: 'InviteAccepted' };
    await house.send(invitee, { type: 'accept_invitation', inviter });
    expect(await house.send(inviter, { type: 'cancel_invitation', invitee })).toMatchObject({
      outcome: 'accepted',
    });
    house.pass(LEFT_TO_ITSELF_MS);
    await becomes(invitee, ['SeatReserved', 'SeatReleased']);
    await becomes(inviter, ['InviteSent', 'InviteCancelled']);
  });

  it('is completed: a game that was finished for one of the two', async () => {
    const { inviter, invitee } = await invited();
    const accepted = await house.send(invitee, { type: 'accept_invitation', inviter });
    const gameId = accepted?.outcome === 'accepted' ? accepted.id : undefined;
    if (gameId === undefined) throw new Error('no game');
    house.deadly = { stream: streamOf('player', inviter), type: 'GameFinished' };
    const finishing = await house.send(inviter, { type: 'finish_game', gameId, asPlayer: true });
    expect(finishing).toMatchObject({ code: 'unavailable' });
    await becomes(invitee, ['SeatReserved', 'GameFinished']);
    await becomes(inviter, ['InviteSent', 'InviteAccepted']);
    house.deadly = null;
    house.pass(LEFT_TO_ITSELF_MS);
    await becomes(inviter, ['InviteSent', 'InviteAccepted', 'GameFinished']);
  });
});
