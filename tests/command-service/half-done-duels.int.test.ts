import { describe, expect, it } from 'vitest';
import { causationOf } from '../../command-service/decide-and-append.ts';
import { pairId, streamOf } from '../../platform/event-store/stream-name.ts';
import type { Command } from '../../protocol/commands.ts';
import { acceptance, refusal, registered } from './conversation.ts';
import {
  accept,
  block,
  cancel,
  decline,
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
import { logged } from './notification-causes.ts';
import type { RunningCommandService } from './running-command-service.ts';
import { describeTwoInstances } from './two-instances.ts';

const date = '2026-01-02T03:04:05.678Z';

/** A command that takes several appends. */
interface Given {
  readonly duel: Invitation;
  readonly actor: string;
  readonly command: Command;
  /** Between its first append and its second. */
  readonly meanwhile?: () => Promise<unknown>;
}

/** What is stored in the streams of inviter and invitee besides what was there. */
type Stored = readonly [inviter: readonly string[], invitee: readonly string[]];

interface Story {
  readonly prepare: (one: RunningCommandService) => Promise<Given>;
  /** When it is killed after its first append, after its second, …; at last when it is not. */
  readonly settled: readonly Stored[];
}

const accepting = async (one: RunningCommandService) => {
  const duel = await invitation(one);
  return { duel, actor: duel.invitee, command: accept(duel.inviter) };
};

/** Whatever a command service would do besides. */
const blocked = (one: RunningCommandService, { inviter, invitee }: Invitation) =>
  logged(one, streamOf('relationship', pairId(inviter, invitee)), {
    type: 'UserBlocked',
    data: { blocker: inviter, blocked: invitee, date },
  });

const ACCEPTED: Stored = [['InviteAccepted'], ['SeatReserved']];
const FINISHED: Stored = [['GameFinished'], ['GameFinished']];
const ended = (by: string): Stored => [[by], ['SeatReserved', 'SeatReleased']];

const STORIES: Readonly<Record<string, Story>> = {
  'an acceptance': { prepare: accepting, settled: [ACCEPTED, ACCEPTED] },
  'an acceptance beside a cancellation': {
    async prepare(one) {
      const given = await accepting(one);
      const { inviter, invitee } = given.duel;
      return { ...given, meanwhile: () => one.send(inviter, cancel(invitee)) };
    },
    settled: Array(3).fill(ended('InviteCancelled')),
  },
  'an acceptance beside a refusal from another tab': {
    async prepare(one) {
      const given = await accepting(one);
      const { inviter, invitee } = given.duel;
      return { ...given, meanwhile: () => one.send(invitee, decline(inviter)) };
    },
    settled: Array(3).fill(ended('InviteDeclined')),
  },
  'an acceptance beside a block': {
    async prepare(one) {
      const given = await accepting(one);
      return { ...given, meanwhile: () => blocked(one, given.duel) };
    },
    settled: Array(4).fill(ended('InviteCancelled')),
  },
  'a block of somebody who is invited': {
    async prepare(one) {
      const duel = await invitation(one);
      return { duel, actor: duel.inviter, command: block(duel.invitee) };
    },
    settled: Array(2).fill([['InviteCancelled'], []]),
  },
  'an invitation of somebody who has sent one': {
    async prepare(one) {
      const duel = await invitation(one);
      return { duel, actor: duel.invitee, command: invite(duel.inviter) };
    },
    settled: [
      [['InviteDeclined'], []],
      [['InviteDeclined'], ['InviteSent']],
    ],
  },
  'the end of a game': {
    async prepare(one) {
      const duel = await game(one);
      return { duel, actor: duel.invitee, command: finish(duel.gameId, true) };
    },
    settled: [FINISHED, FINISHED],
  },
};

const playersOf = ({ inviter, invitee }: Invitation) => [inviter, invitee];

describeTwoInstances('a duel that was left half done', (instances) => {
  describe.each(Object.entries(STORIES))('%s', (_, { prepare, settled }) => {
    const cases = settled.map((stored, index) => [index + 1, stored] as const);
    it.each(cases)(
      'that gets as far as its append %i is brought to its end, once',
      async (appends, stored) => {
        const { one, two, turn, another } = instances();
        const { duel, actor, command, meanwhile = async () => {} } = await prepare(one);
        const typesIn = () => Promise.all(playersOf(duel).map((player) => typesOf(two, player)));
        const before = await typesIn();
        const dying = await another({ through: (store) => goneAfter(appends)(between(2, meanwhile)(store)) });
        await dying.send(actor, command);
        if (appends === 1) await meanwhile();
        await Promise.all(Array.from({ length: 4 }, (_, index) => settle(turn(index), duel)));
        const types = await typesIn();
        expect(types.map((all, player) => all.slice(before[player]?.length))).toEqual(stored);
        for (const instance of [one, two])
          expect(acceptance(await settle(instance, duel)).changed).toBe(false);
        expect(await typesIn()).toEqual(types);
      },
    );
  });

  it('two invitations that cross: the earlier one is declined, the later one stays', async () => {
    const { one, two, another } = instances();
    const [ann, bob] = [await registered(one, 'Ann'), await registered(one, 'Bob')];
    let earlier: Invitation | undefined;
    const bobInvites = async () => {
      earlier = await invitedBy(one, bob, ann);
    };
    const dying = await another({ through: (store) => goneAfter(1)(between(1, bobInvites)(store)) });
    const later = await invitedBy(dying, ann, bob);
    if (!earlier) expect.unreachable('nothing crossed');
    expect(acceptance(await settle(two, later)).changed).toBe(false);
    expect(acceptance(await settle(two, earlier)).changed).toBe(true);
    expect(await typesOf(two, bob)).toEqual(['InviteSent', 'InviteDeclined']);
    expect(await typesOf(two, ann)).toEqual(['InviteSent']);
  });

  it('an acceptance counts that began in time, also when it is settled afterwards', async () => {
    const { one, another } = instances();
    const { duel, actor, command } = await accepting(one);
    const dying = await another({ through: goneAfter(1) });
    expect(await dying.send(actor, command)).toEqual(refusal('unavailable'));
    const afterwards = await another({ clock: () => new Date(Date.parse(date) + 3_600_000) });
    acceptance(await settle(afterwards, duel));
    expect(await typesOf(one, duel.inviter)).toEqual(['InviteSent', 'InviteAccepted']);
  });

  it('whoever takes a step stores the same event', async () => {
    const { one, two, another } = instances();
    const { duel, actor, command } = await accepting(one);
    const dying = await another({ through: goneAfter(1) });
    await dying.send(actor, command);
    acceptance(await settle(two, duel));
    const idOf = (step: string) => causationOf({ commandId: 'any' }, { step, stepOf: duel.invitationId });
    const [, accepted] = await playerEvents(one, duel.inviter);
    const [reserved] = await playerEvents(one, duel.invitee);
    expect([reserved?.id, accepted?.id]).toEqual([idOf('reserve'), idOf('accept')]);
  });

  it('a game that both the game server and its limit end is over for both for one reason', async () => {
    const { one, another } = instances();
    const duel = await game(one);
    const afterwards = await another({ clock: () => new Date(Date.parse(date) + 1_800_000) });
    const slow = await another({ through: between(2, () => settle(afterwards, duel)) });
    acceptance(await slow.send(duel.inviter, finish(duel.gameId, true)));
    const last = await Promise.all(playersOf(duel).map((player) => playerEvents(one, player)));
    expect(last.map((events) => events.at(-1)?.event.data)).toMatchObject([
      { player: duel.inviter, reason: 'reported' },
      { player: duel.invitee, reason: 'reported' },
    ]);
  });

  /** Housekeeping has read an invitation as pending that is accepted by now, and then a block that came after that. */
  it('a block that comes after an acceptance leaves the game alone, whoever looks in between', async () => {
    const { one, another } = instances();
    const { duel, actor, command } = await accepting(one);
    let isFirst = true;
    let goOn = () => {};
    const isAccepted = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const slow = await another({
      through: (store) => ({
        ...store,
        async readStream(stream, options) {
          if (stream.startsWith('relationship-')) await isAccepted;
          const read = await store.readStream(stream, options);
          if (stream !== streamOf('player', duel.inviter)) return read;
          if (isFirst) {
            isFirst = false;
            acceptance(await one.send(actor, command));
            await blocked(one, duel);
            goOn();
          }
          return read;
        },
      }),
    });
    acceptance(await settle(slow, duel));
    const types = await Promise.all(playersOf(duel).map((player) => typesOf(one, player)));
    expect(types).toEqual([['InviteSent', 'InviteAccepted'], ['SeatReserved']]);
  });
});
