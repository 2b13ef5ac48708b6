import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../domain/domain-event.ts';
import { INVITER_GONE_MS } from '../../domain/duel.ts';
import type { EventFrame } from '../../protocol/server-frames.ts';
import type { DuelRows } from '../../read-models/duels/rows.ts';
import * as whenDue from '../../read-models/duels/when-due.ts';
import { type OpenRoom, UnprojectableEvent } from '../../read-models/room.ts';
import { userKey } from '../../read-models/user-key.ts';
import { anyDuelStory } from '../projection-service/any-story.ts';
import { openReadSides, type ReadSide, type ReadSides } from '../projection-service/read-side.ts';
import { type Invitation, Story } from '../projection-service/story.ts';
import { FORGETFUL, Leader, useLeaderDatabase } from './stepwise-leader.ts';
import { framesOf } from './told-notifications.ts';

it('an inviter is away for long when the domain says so', () => {
  expect(whenDue.INVITER_GONE_MS).toBe(INVITER_GONE_MS);
});

describe('what each event does to duels', () => {
  let sides: ReadSides;
  beforeAll(async () => {
    sides = await openReadSides();
  });
  afterEach(() => sides.release());
  afterAll(() => sides.close());

  const invited = (inviter = 'Ann', invitee = 'Bob') => {
    const story = new Story().signsUp('Ann', 'Bob', 'Cid').renames('Bob', 'Bobby', '/bob.png');
    return { story, invitation: story.invites(inviter, invitee) };
  };
  const told = async (story: Story): Promise<ReadSide> => {
    const side = await sides.open();
    await side.project(story.events);
    return side;
  };
  const duelsOf = (side: ReadSide) => side.rows('select * from duels order by due_at, invitation_id');
  /** So many seconds after the event there. */
  const dateAfter = (story: Story, seconds: number, position = story.position): Date =>
    new Date(Date.parse(story.dateOf(position)) + seconds * 1000);
  const framesToBoth = async (side: ReadSide) => ({
    ann: await duelFramesOf(side, 'ann'),
    bob: await duelFramesOf(side, 'bob'),
  });

  it('InviteSent: the inviter is engaged, until the invitation expires', async () => {
    const { story, invitation } = invited();
    const side = await told(story);
    expect(await duelsOf(side)).toEqual([
      {
        invitation_id: invitation.invitationId,
        inviter_key: 'ann',
        invitee_key: 'bob',
        inviter_is_engaged: true,
        has_seat: false,
        game_id: null,
        sent_at: dateAfter(story, 0),
        expires_at: dateAfter(story, 60),
        step_due_at: null,
        block_due_at: null,
        gone_due_at: null,
        due_at: dateAfter(story, 60),
      },
    ]);
  });

  it.each([
    ['InviteDeclined', { action: 'game_declined', data: { username: 'Bob', nickname: 'Bobby' } }],
    ['InviteCancelled', canceled({ username: 'Ann', nickname: 'Ann' })],
    ['InviteExpired', canceled({ message: 'The invitation has expired.' })],
  ] as const)(
    '%s: nothing is left, both are told, and the tab is named to its owner alone',
    async (type, frame) => {
      const { story, invitation } = invited();
      const side = await told(story.duel(invitation, type));
      expect(await duelsOf(side)).toEqual([]);
      const data = 'client_id' in frame.data ? { ...frame.data, client_id: 'tab' } : frame.data;
      expect(await framesToBoth(side)).toEqual({ ann: [{ ...frame, data }], bob: [frame] });
    },
  );

  it('SeatReserved: the invitee is about to be engaged as well, and nobody is told; InviteAccepted: both play', async () => {
    const { story, invitation } = invited();
    const { gameId } = invitation;
    const side = await told(story.duel(invitation, 'SeatReserved'));
    expect(await duelsOf(side)).toMatchObject([
      { inviter_is_engaged: true, has_seat: true, game_id: null, due_at: dateAfter(story, 2) },
    ]);
    expect(await framesToBoth(side)).toEqual({ ann: [], bob: [] });
    await goOn(side, story.duel(invitation, 'InviteAccepted'));
    expect(await duelsOf(side)).toMatchObject([
      { inviter_is_engaged: true, has_seat: true, game_id: gameId, due_at: dateAfter(story, 900) },
    ]);
    const against = (username: string, nickname: string, avatar: string) => {
      const game = { game_id: gameId, username, nickname, avatar };
      return [{ action: 'game_accepted', data: game, ...game }];
    };
    expect(await framesToBoth(side)).toEqual({
      ann: against('Bob', 'Bobby', '/bob.png'),
      bob: against('Ann', 'Ann', ''),
    });
  });

  it('GameFinished: one player after the other is free and told, and then nothing is left', async () => {
    const { story, invitation } = invited();
    const side = await told(story.duel(invitation, 'SeatReserved').duel(invitation, 'InviteAccepted'));
    await side.rows('delete from feed');
    const finished = () => ({
      action: 'game_finished',
      data: { game_id: invitation.gameId, reason: 'reported', date: story.dateOf(story.position) },
    });
    await goOn(side, story.duel(invitation, 'GameFinished', 'BOB'));
    const bobs = finished();
    expect(await duelsOf(side)).toMatchObject([
      { inviter_is_engaged: true, has_seat: false, game_id: invitation.gameId, due_at: dateAfter(story, 2) },
    ]);
    expect(await framesToBoth(side)).toEqual({ ann: [], bob: [bobs] });
    await goOn(side, story.duel(invitation, 'GameFinished', 'Ann'));
    expect(await duelsOf(side)).toEqual([]);
    expect(await framesToBoth(side)).toEqual({ ann: [finished()], bob: [bobs] });
  });

  it('a seat of an invitation that ends, or has ended, is left to be released: SeatReleased', async () => {
    for (const steps of [
      ['SeatReserved', 'InviteExpired'],
      ['InviteExpired', 'SeatReserved'],
    ] as const) {
      const { story, invitation } = invited();
      for (const step of steps) story.duel(invitation, step);
      const side = await told(story);
      expect(await duelsOf(side)).toMatchObject([
        { inviter_is_engaged: false, has_seat: true, game_id: null, due_at: dateAfter(story, 2) },
      ]);
      await goOn(side, story.duel(invitation, 'SeatReleased'));
      expect(await duelsOf(side)).toEqual([]);
    }
  });

  it('is due soon: pending between two of whom one blocks the other, whichever came first', async () => {
    for (const [blocker, blocked] of [
      ['Ann', 'Bob'],
      ['Bob', 'Ann'],
    ] as const) {
      const { story } = invited('Ann', 'Cid');
      const { position } = story.blocks('Cid', 'Bob').blocks(blocker, blocked);
      const other = new Story(position);
      const side = await told(story);
      expect(await duelsOf(side)).toMatchObject([{ invitee_key: 'cid', due_at: dateAfter(story, 60, 7n) }]);
      other.invites('Bob', 'Ann');
      await side.project(other.events);
      expect(await duelsOf(side)).toMatchObject([{ invitee_key: 'ann', due_at: dateAfter(other, 2) }, {}]);
    }
    for (const [blocker, blocked] of [
      ['Ann', 'Bob'],
      ['bob', 'ANN'],
    ] as const) {
      const { story } = invited();
      const side = await told(story);
      await goOn(side, story.blocks(blocker, blocked));
      expect(await duelsOf(side)).toMatchObject([{ due_at: dateAfter(story, 2) }]);
    }
  });

  it('is due when it expires again once a block is lifted, unless the other still blocks', async () => {
    const { story, invitation } = invited();
    const side = await told(story.blocks('Ann', 'Bob'));
    const soon = { due_at: dateAfter(story, 2) };
    expect(await duelsOf(side)).toMatchObject([soon]);
    for (const change of [
      () => story.blocks('Bob', 'Ann'),
      () => story.unblocks('Ann', 'Bob'),
      () => story.unblocks('Bob', 'Cid'),
    ]) {
      await goOn(side, change());
      expect(await duelsOf(side)).toMatchObject([soon]);
    }
    await goOn(side, story.unblocks('Bob', 'Ann'));
    expect(await duelsOf(side)).toMatchObject([{ due_at: dateAfter(story, 60, invitation.position) }]);
  });

  it('a block changes nothing of a game', async () => {
    const { story, invitation } = invited();
    const { position } = story.duel(invitation, 'SeatReserved').duel(invitation, 'InviteAccepted');
    const side = await told(story.blocks('Bob', 'Ann'));
    expect(await duelsOf(side)).toMatchObject([{ due_at: dateAfter(story, 900, position) }]);
  });

  it('is due soon: the earlier of two invitations that crossed, unless it expires before', async () => {
    const { story, invitation } = invited();
    const crossing = story.invites('Bob', 'Ann');
    const side = await told(story);
    expect(await duelsOf(side)).toMatchObject([
      { invitation_id: invitation.invitationId, due_at: dateAfter(story, 2) },
      { invitation_id: crossing.invitationId, due_at: dateAfter(story, 60) },
    ]);
    const old = new Story(story.position).duel(crossing, 'InviteCancelled', 'Bob');
    side.leadership.memory.forget();
    await side.project(old.events);
    const expiry = { due_at: dateAfter(story, 60, invitation.position) };
    expect(await duelsOf(side)).toMatchObject([expiry]);
    const later = new Story(invitation.position + 58n);
    later.invites('Bob', 'Ann');
    await side.project(later.events);
    expect(await duelsOf(side)).toMatchObject([expiry, {}]);
  });

  describe('while the inviter is away', () => {
    const expiry = (story: Story, { position }: Invitation) => dateAfter(story, 60, position);
    /** Ann is there with one tab, and invites with so much time left that it would not expire in a minute. */
    const invitedByOneWhoIsThere = () => {
      const story = new Story().signsUp('Ann', 'Bob', 'Cid');
      const tab = story.opens('Ann');
      return { story, tab, invitation: story.invites('Ann', 'Bob', 'tab', undefined, 300) };
    };
    const dueAt = async (side: ReadSide) => (await duelsOf(side)).map(({ due_at }) => due_at);

    it('is due after a minute of that, and when it expires as soon as the inviter is back', async () => {
      const { story, tab, invitation } = invitedByOneWhoIsThere();
      const side = await told(story);
      const itsEnd = dateAfter(story, 300, invitation.position);
      expect(await dueAt(side)).toEqual([itsEnd]);
      await goOn(side, story.drops('Ann', tab));
      expect(await dueAt(side)).toEqual([itsEnd]);
      await goOn(side, story.goes('Ann'));
      expect(await dueAt(side)).toEqual([dateAfter(story, 60)]);
      side.leadership.memory.forget();
      story.opens('Ann');
      await side.project(story.events.slice(-2));
      expect(await dueAt(side)).toEqual([itsEnd]);
    });

    it('is due when it expires, if that is earlier, and whoever else goes is nothing to it', async () => {
      const story = new Story().signsUp('Ann', 'Bob');
      const invitation = story.invites('Ann', 'Bob');
      story.drops('Bob', story.opens('Bob'), 0);
      const side = await told(story);
      expect(await dueAt(side)).toEqual([expiry(story, invitation)]);
      story.drops('Ann', story.opens('Ann'), 0);
      await side.project(story.events.slice(-4));
      expect(await dueAt(side)).toEqual([expiry(story, invitation)]);
    });

    it('stays due for a block, a crossing and a seat when the inviter is back', async () => {
      for (const reason of [
        ({ story }: ReturnType<typeof invitedByOneWhoIsThere>) => story.blocks('Bob', 'Ann'),
        ({ story }: ReturnType<typeof invitedByOneWhoIsThere>) => story.invites('Bob', 'Ann'),
        ({ story, invitation }: ReturnType<typeof invitedByOneWhoIsThere>) =>
          story.duel(invitation, 'SeatReserved'),
      ]) {
        const known = invitedByOneWhoIsThere();
        const { story, tab, invitation } = known;
        story.drops('Ann', tab, 0);
        reason(known);
        const soon = dateAfter(story, 2);
        const dueOfAnns = async () =>
          (await duelsOf(side)).find((row) => row.invitation_id === invitation.invitationId)?.due_at;
        const side = await told(story);
        expect(await dueOfAnns()).toEqual(soon);
        story.opens('Ann');
        await side.project(story.events.slice(-2));
        expect(await dueOfAnns()).toEqual(soon);
      }
    });

    it('counts from the invitation at the earliest, and not for somebody of whom nothing is known', async () => {
      const story = new Story().signsUp('Ann', 'Bob', 'Cid');
      story.drops('Ann', story.opens('Ann'), 0);
      const invitation = story.invites('Ann', 'Bob', 'tab', undefined, 300);
      const unknown = story.invites('Cid', 'Bob', 'tab', undefined, 200);
      const side = await told(story);
      expect(await dueAt(side)).toEqual([
        dateAfter(story, 60, invitation.position),
        dateAfter(story, 200, unknown.position),
      ]);
    });

    it('is cancelled as by the inviter', async () => {
      const { story, tab, invitation } = invitedByOneWhoIsThere();
      const side = await told(story.drops('Ann', tab, 0).duel(invitation, 'InviteCancelled', 'Ann', 'gone'));
      expect(await duelsOf(side)).toEqual([]);
      const frame = canceled({ username: 'Ann', nickname: 'Ann' });
      expect(await framesToBoth(side)).toEqual({
        ann: [{ ...frame, data: { ...frame.data, client_id: 'tab' } }],
        bob: [frame],
      });
    });

    it('a game is nothing to it', async () => {
      const { story, tab, invitation } = invitedByOneWhoIsThere();
      const { position } = story.duel(invitation, 'SeatReserved').duel(invitation, 'InviteAccepted');
      const side = await told(story.drops('Ann', tab, 0));
      expect(await dueAt(side)).toEqual([dateAfter(story, 900, position)]);
    });
  });

  it.each<[string, (story: Story, invitation: Invitation) => unknown]>([
    ['an invitation twice', (story, { invitationId }) => story.invites('Cid', 'Bob', 'tab', invitationId)],
    ['two invitations of one', (story) => story.invites('ANN', 'Cid')],
    ['accepted twice', (story, one) => story.duel(one, 'InviteAccepted').duel(one, 'InviteAccepted')],
    ['ended twice', (story, one) => story.duel(one, 'InviteDeclined').duel(one, 'InviteExpired')],
    [
      'ended although accepted',
      (story, one) => story.duel(one, 'InviteAccepted').duel(one, 'InviteDeclined'),
    ],
    ['a seat reserved twice', (story, one) => story.duel(one, 'SeatReserved').duel(one, 'SeatReserved')],
    ['no seat', (story, one) => story.duel(one, 'SeatReleased')],
    ['no game', (story, one) => story.duel(one, 'GameFinished')],
    [
      "a game of another invitation's",
      (story, one) =>
        story.duel(one, 'InviteAccepted').duel({ ...one, gameId: one.invitationId }, 'GameFinished'),
    ],
    ["a stranger's game", (story, one) => story.duel(one, 'InviteAccepted').duel(one, 'GameFinished', 'Cid')],
  ])('refuses what contradicts the log: %s', async (_, tell) => {
    const { story, invitation } = invited();
    tell(story, invitation);
    const side = await sides.open();
    await side.project(story.events.slice(0, -1));
    await expect(side.project(story.events.slice(-1))).rejects.toBeInstanceOf(UnprojectableEvent);
  });
});

const duelFramesOf = (side: ReadSide, user: string) => framesOf(side, user, OF_DUELS);

const OF_DUELS: ReadonlySet<EventFrame['action']> = new Set([
  'game_accepted',
  'game_declined',
  'game_invite_canceled',
  'game_finished',
]);

const goOn = (side: ReadSide, story: Story) => side.project(story.events.slice(-1));

const canceled = (data: { username?: string; nickname?: string; message?: string }) => ({
  action: 'game_invite_canceled',
  data: { username: null, nickname: null, message: null, client_id: null, ...data },
});

const step = fc.record({
  events: fc.integer({ min: 1, max: 6 }),
  writeEnds: fc.nat({ max: 5 }),
  next: fc.constantFrom('fold on', 'begin to write', 'begin to write', 'end the write', 'start over'),
});

describe('duels', () => {
  const database = useLeaderDatabase();
  let schemas = 0;

  it('are as their players left them, and as due, whatever is written, being written or forgotten', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyDuelStory,
        fc.array(step, { maxLength: 40, size: 'max' }),
        fc.constantFrom(undefined, FORGETFUL),
        async ({ events }, steps, remembered) => {
          const seen: Seen = new Map();
          const leader = await Leader.make(
            database.pool,
            `step_by_step_${++schemas}`,
            remembered,
            ({ duels }) => [watch(duels, seen)],
          );
          await leader.play(events, steps);
          await leader.writeAll();
          const seenAtOnce: Seen = new Map();
          const atOnce = await Leader.make(database.pool, `at_once_${schemas}`, undefined, ({ duels }) => [
            watch(duels, seenAtOnce),
          ]);
          await atOnce.fold(events);
          await atOnce.writeAll();
          expect(seen).toEqual(seenAtOnce);
          expect(await leader.rows()).toEqual(await atOnce.rows());
          const players = new Players();
          for (const { event } of events) players.take(event);
          const { rows } = await leader.query(
            'select invitation_id, inviter_key, invitee_key, inviter_is_engaged, has_seat, game_id from duels order by 1',
          );
          expect(rows).toEqual(players.duels());
        },
      ),
      { numRuns: 25, endOnFailure: true },
    );
  });
});

/** By the event's place. */
type Seen = Map<bigint, unknown>;

/** Notes at every invitation and block what is pending between the two then, and since when it is due. */
function watch(duels: DuelRows, seen: Seen): OpenRoom {
  return {
    rows: {},
    async load() {},
    project({ event: { type, data }, position }) {
      if (type !== 'InviteSent' && type !== 'UserBlocked') return;
      const names = type === 'InviteSent' ? [data.inviter, data.invitee] : [data.blocker, data.blocked];
      const [one = '', other = ''] = names.map(userKey);
      seen.set(position, [duels.findPending(one, other), duels.findPending(other, one)]);
    },
    takeWrites: () => [],
    written() {},
  };
}

type Duel = Record<'invitation_id' | 'inviter_key' | 'invitee_key', string>;

/** What each player's last event says of that player alone. */
class Players {
  readonly #engagements = new Map<string, Duel>();
  /** By invitation. */
  readonly #games = new Map<string, string>();

  take({ type, data }: DomainEvent): void {
    if (!('invitationId' in data)) return;
    const { invitationId: invitation_id } = data;
    const [inviter_key, invitee_key] = [userKey(data.inviter), userKey(data.invitee)];
    const duel = { invitation_id, inviter_key, invitee_key };
    if (type === 'InviteSent') this.#engagements.set(inviter_key, duel);
    else if (type === 'InviteAccepted') this.#games.set(invitation_id, data.gameId);
    else if (type === 'SeatReserved') this.#engagements.set(invitee_key, duel);
    else if (type === 'SeatReleased') this.#engagements.delete(invitee_key);
    else if (type === 'GameFinished') this.#engagements.delete(userKey(data.player));
    else this.#engagements.delete(inviter_key);
  }

  /** As rows. */
  duels() {
    const duels = new Map([...this.#engagements.values()].map((duel) => [duel.invitation_id, duel]));
    const isIn = (player: string, { invitation_id }: Duel) =>
      this.#engagements.get(player)?.invitation_id === invitation_id;
    return [...duels.values()]
      .sort((a, b) => (a.invitation_id < b.invitation_id ? -1 : 1))
      .map((duel) => ({
        ...duel,
        inviter_is_engaged: isIn(duel.inviter_key, duel),
        has_seat: isIn(duel.invitee_key, duel),
        game_id: this.#games.get(duel.invitation_id) ?? null,
      }));
  }
}
