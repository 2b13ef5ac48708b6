import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { referenceTo } from '../../platform/event-store/event-reference.ts';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import { GATEWAY, HOUSEKEEPING } from '../../protocol/commands.ts';
import { acceptance, eventsOf, refusal, registered } from './conversation.ts';
import {
  accept,
  block,
  finish,
  game,
  type Invitation,
  invitation,
  invite,
  invitedBy,
  playerEvents,
  settle,
  typesOf,
} from './duel-commands.ts';
import { between, goneAfter } from './faulty-stores.ts';
import { drop, open } from './presence-commands.ts';
import { at, runAnother, useCommandService } from './running-command-service.ts';
import { creation } from './tournament-commands.ts';

const service = useCommandService();
const date = at(0).toISOString();

/** One to whom it is so many seconds later. */
const later = (seconds: number) => runAnother(service, { clock: () => at(seconds) });

const types = ({ inviter, invitee }: Invitation) =>
  Promise.all([typesOf(service, inviter), typesOf(service, invitee)]);

const lastOf = async (username: string) => (await playerEvents(service, username)).at(-1);

describe('finish_game', () => {
  it('by the game server, or a player, frees both, in any case of the id', async () => {
    for (const [index, side] of (['server', 'inviter', 'invitee'] as const).entries()) {
      const duel = await game(service);
      const { gameId, inviter, invitee, invitationId } = duel;
      const actor = side === 'server' ? '*game-server' : duel[side];
      const reply = acceptance(
        await service.send(actor, finish(index ? gameId : gameId.toUpperCase(), index > 0)),
      );
      const last = await lastOf(inviter);
      expect(reply).toEqual({ outcome: 'accepted', changed: true, position: String(last?.position) });
      for (const player of [inviter, invitee])
        expect((await lastOf(player))?.event).toMatchObject({
          type: 'GameFinished',
          data: { invitationId, inviter, invitee, gameId, player, reason: 'reported', date },
        });
      acceptance(await service.send(invitee, invite(inviter)));
      acceptance(await service.send(inviter, accept(invitee)));
    }
  });

  it('again changes nothing, also when both play again', async () => {
    const first = await game(service);
    const { gameId, inviter, invitee } = first;
    acceptance(await service.send('*game-server', finish(gameId)));
    expect(acceptance(await service.send('*game-server', finish(gameId))).changed).toBe(false);
    acceptance(await service.send(inviter, invite(invitee)));
    acceptance(await service.send(invitee, accept(inviter)));
    const before = await types(first);
    expect(acceptance(await service.send(invitee, finish(gameId, true))).changed).toBe(false);
    expect(await types(first)).toEqual(before);
  });

  it('is refused to players of other games, and of ids that were made up', async () => {
    const [duel, other] = [await game(service), await game(service)];
    const { gameId, inviter, invitationId } = duel;
    const [sent, stored] = await playerEvents(service, inviter);
    if (!sent || !stored) throw new Error('no game');
    expect(await service.send(other.inviter, finish(gameId, true))).toEqual(refusal('forbidden'));
    for (const id of [
      randomUUID(),
      invitationId,
      referenceTo(sent),
      referenceTo(stored, 'game'),
      referenceTo({ position: sent.position, id: randomUUID() }, 'game'),
      referenceTo({ position: 2n ** 60n - 1n, id: sent.id }, 'game'),
    ])
      expect(await service.send('*game-server', finish(id))).toEqual(refusal('game_not_found'));
    expect(await types(duel)).toEqual([['InviteSent', 'InviteAccepted'], ['SeatReserved']]);
  });
});

describe('settle_duel', () => {
  it('changes nothing where nothing is due', async () => {
    const [invited, duel] = [await invitation(service), await game(service)];
    for (const each of [invited, duel]) {
      const before = await types(each);
      expect(acceptance(await settle(service, each)).changed).toBe(false);
      expect(await types(each)).toEqual(before);
    }
  });

  it('lets an invitation expire when it is time, and not the next one', async () => {
    const invited = await invitation(service);
    expect(acceptance(await settle(await later(299.999), invited)).changed).toBe(false);
    const afterwards = await later(300);
    expect(acceptance(await settle(afterwards, invited)).changed).toBe(true);
    expect((await lastOf(invited.inviter))?.event).toMatchObject({
      type: 'InviteExpired',
      data: { invitationId: invited.invitationId, clientId: 'tab 1', date: at(300).toISOString() },
    });
    const next = await invitedBy(service, invited.inviter, invited.invitee);
    expect(acceptance(await settle(afterwards, invited)).changed).toBe(false);
    expect(await typesOf(service, next.inviter)).toEqual(['InviteSent', 'InviteExpired', 'InviteSent']);
  });

  describe('cancels the invitation of an inviter who has gone', () => {
    /** The inviter went offline half a minute after having sent it. */
    async function abandoned() {
      const duel = await invitation(service);
      const tab = open(duel.inviter);
      acceptance(await service.send(GATEWAY, tab));
      acceptance(await (await later(30)).send(GATEWAY, drop(tab, { graceMs: 0 })));
      return { duel, tab };
    }

    it('a minute after that', async () => {
      const { duel } = await abandoned();
      expect(acceptance(await settle(await later(89.999), duel)).changed).toBe(false);
      expect(acceptance(await settle(await later(90), duel)).changed).toBe(true);
      const { invitationId, inviter, invitee } = duel;
      expect((await lastOf(inviter))?.event).toEqual({
        type: 'InviteCancelled',
        data: {
          invitationId,
          inviter,
          invitee,
          clientId: 'tab 1',
          reason: 'gone',
          sending: { since: date, count: 1 },
          date: at(90).toISOString(),
        },
      });
      expect(acceptance(await settle(await later(91), duel)).changed).toBe(false);
      expect(await service.send(invitee, accept(inviter))).toEqual(refusal('invitation_not_found'));
    });

    it('not of one who is back, at the last moment', async () => {
      const { duel } = await abandoned();
      const comingBack = await later(90);
      const back = async () => acceptance(await comingBack.send(GATEWAY, open(duel.inviter)));
      const settling = await runAnother(service, { clock: () => at(90), through: between(1, back) });
      expect(acceptance(await settle(settling, duel)).changed).toBe(false);
      expect(await types(duel)).toEqual([['InviteSent'], []]);
    });

    it('once it has expired, as expired', async () => {
      const { duel } = await abandoned();
      acceptance(await settle(await later(300), duel));
      expect(await types(duel)).toEqual([['InviteSent', 'InviteExpired'], []]);
    });

    it('unless the invitee has accepted, though only half of that was done', async () => {
      const { duel } = await abandoned();
      const dying = await runAnother(service, { through: goneAfter(1) });
      await dying.send(duel.invitee, accept(duel.inviter));
      expect(await types(duel)).toEqual([['InviteSent'], ['SeatReserved']]);
      acceptance(await settle(await later(90), duel));
      expect(await types(duel)).toEqual([['InviteSent', 'InviteAccepted'], ['SeatReserved']]);
    });
  });

  it('ends a game that nobody reports when it is time', async () => {
    const duel = await game(service);
    expect(acceptance(await settle(await later(1799.999), duel)).changed).toBe(false);
    acceptance(await settle(await later(1800), duel));
    for (const player of [duel.inviter, duel.invitee])
      expect((await lastOf(player))?.event).toMatchObject({
        type: 'GameFinished',
        data: { player, reason: 'expired' },
      });
    expect(acceptance(await service.send('*game-server', finish(duel.gameId))).changed).toBe(false);
  });

  it('refuses what never was', async () => {
    const [inviter, invitee] = [await registered(service, 'Ann'), await registered(service, 'Bob')];
    const made = { invitationId: randomUUID(), inviter, invitee };
    expect(await settle(service, made)).toEqual(refusal('invitation_not_found'));
    expect(await types(made)).toEqual([[], []]);
  });

  it('is told in the log as housekeeping’s', async () => {
    const invited = await invitation(service);
    acceptance(await settle(await later(300), invited));
    expect((await lastOf(invited.inviter))?.metadata.actor).toBe(HOUSEKEEPING);
  });
});

describe('a block', () => {
  it('cancels what is pending between the two, whoever has sent it, and no game', async () => {
    for (const side of ['inviter', 'invitee'] as const) {
      const invited = await invitation(service);
      const other = side === 'inviter' ? invited.invitee : invited.inviter;
      const stranger = await registered(service, 'Cleo');
      acceptance(await service.send(stranger, invite(other)));
      const { position } = acceptance(await service.send(invited[side], block(other)));
      expect(BigInt(position)).toBe((await lastOf(invited.inviter))?.position);
      expect((await lastOf(invited.inviter))?.event).toMatchObject({
        type: 'InviteCancelled',
        data: { invitationId: invited.invitationId, reason: 'block', clientId: 'tab 1' },
      });
      expect(await typesOf(service, stranger)).toEqual(['InviteSent']);
      expect(await service.send(invited.invitee, accept(invited.inviter))).toEqual(
        refusal('invitation_not_found'),
      );
    }
    const duel = await game(service);
    acceptance(await service.send(duel.inviter, block(duel.invitee)));
    expect(await types(duel)).toEqual([['InviteSent', 'InviteAccepted'], ['SeatReserved']]);
  });
});

describe('a tournament', () => {
  it('is not announced by who plays, and by who only has invited', async () => {
    const duel = await game(service);
    for (const player of [duel.inviter, duel.invitee]) {
      expect(await service.send(player, creation())).toEqual(refusal('in_game'));
      expect(await eventsOf(service, streamOf('tournament', player))).toEqual([]);
    }
    acceptance(await service.send('*game-server', finish(duel.gameId)));
    acceptance(await service.send(duel.invitee, creation()));
    acceptance(await service.send((await invitation(service)).inviter, creation()));
  });

  it('that is open engages nobody', async () => {
    const { inviter, invitee } = await invitation(service);
    for (const player of [inviter, invitee]) acceptance(await service.send(player, creation()));
    acceptance(await service.send(invitee, accept(inviter)));
  });
});
