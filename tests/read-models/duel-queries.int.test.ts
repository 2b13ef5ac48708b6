import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cursorAfter } from '../../protocol/cursor.ts';
import type { DueDuel } from '../../read-models/duels/due-duels.ts';
import type { ReadModels } from '../../read-models/read-models.ts';
import { openReadSides, type ReadSide, type ReadSides } from '../projection-service/read-side.ts';
import { TEST_LOG } from '../projection-service/scripted-log.ts';
import { type Invitation, Story } from '../projection-service/story.ts';
import { PAGES_LOOKED_AT, plansOf, ROWS_READ, rowsRead, STEPS_PER_ROW, scans } from './statement-plans.ts';

describe('duels', () => {
  let sides: ReadSides;
  beforeAll(async () => {
    sides = await openReadSides();
  });
  afterEach(() => sides.release());
  afterAll(() => sides.close());

  it('are told by self: whether they keep the user busy, and the game, from its beginning to its end for that user', async () => {
    const side = await sides.open();
    const story = new Story().signsUp('Ann', 'Bob');
    const [free, busy] = [
      { game_id: null, is_engaged_in_game: false, opponent: null },
      { game_id: null, is_engaged_in_game: true },
    ];
    const against = (username: string) => ({ opponent: { username, nickname: username, avatar: '' } });
    let folded = 0;
    const expectSelves = async (ann: object, bob: object) => {
      await side.project(story.events.slice(folded));
      folded = story.events.length;
      expect((await side.models.self('ANN')).answer).toMatchObject(ann);
      expect((await side.models.self('bob')).answer).toMatchObject(bob);
    };
    await expectSelves(free, free);
    const declined = story.invites('Ann', 'Bob');
    await expectSelves({ ...busy, ...against('Bob') }, free);
    story.duel(declined, 'InviteDeclined');
    await expectSelves(free, free);
    const invitation = story.invites('Ann', 'Bob');
    story.duel(invitation, 'SeatReserved');
    await expectSelves({ ...busy, ...against('Bob') }, { ...busy, ...against('Ann') });
    story.duel(invitation, 'InviteAccepted');
    const playing = { game_id: invitation.gameId, is_engaged_in_game: true };
    await expectSelves({ ...playing, ...against('Bob') }, { ...playing, ...against('Ann') });
    story.duel(invitation, 'GameFinished', 'Bob');
    await expectSelves(playing, free);
    story.invites('Bob', 'Ann');
    await expectSelves(playing, busy);
    story.duel(invitation, 'GameFinished', 'Ann');
    await expectSelves(free, busy);
  });

  it('a seat of an invitation that is over keeps the invitee busy, and no game has begun', async () => {
    const story = new Story().signsUp('Ann', 'Bob');
    const invitation = story.invites('Ann', 'Bob');
    const side = await sides.open();
    await side.project(story.duel(invitation, 'InviteCancelled').duel(invitation, 'SeatReserved').events);
    expect((await side.models.self('ann')).answer).toMatchObject({ is_engaged_in_game: false });
    expect((await side.models.self('bob')).answer).toMatchObject({ game_id: null, is_engaged_in_game: true });
  });

  it('that are due come in the order in which they became so, page by page, whatever is done meanwhile', async () => {
    const story = new Story().signsUp(...NAMES);
    const invitations = NAMES.slice(1).map((inviter) => story.invites(inviter, 'Ann'));
    const side = await sides.open();
    await side.project(story.events);
    const inOrder = invitations.map((invitation) => dueOf(story, invitation));
    const all = async (before: string, limit: number) => {
      const found: DueDuel[] = [];
      for (;;) {
        const { answer } = await side.models.dueDuels({ before, after: found.at(-1) ?? null, limit });
        found.push(...answer);
        if (answer.length < limit) return found;
      }
    };
    for (const limit of [1, 2, 100]) expect(await all(LATER, limit)).toEqual(inOrder);
    expect(await all(inOrder[2]?.due_at ?? '', 100)).toEqual(inOrder.slice(0, 2));
    expect(await all('2026-01-01T00:00:00.000Z', 100)).toEqual([]);

    await side.rows(`update duels set due_at = '2026-01-01T00:01:00.123Z'`);
    const atOnce = inOrder
      .map((due) => ({ ...due, due_at: '2026-01-01T00:01:00.123Z' }))
      .sort((a, b) => (a.invitation_id < b.invitation_id ? -1 : 1));
    expect(await all(LATER, 2)).toEqual(atOnce);
    const [first, second] = atOnce;
    await side.rows(`delete from duels where invitation_id = '${first?.invitation_id}'`);
    const after = first ?? null;
    expect((await side.models.dueDuels({ before: LATER, after, limit: 1 })).answer).toEqual([second]);
  });

  it('say which snapshot they are of, also where nothing is due', async () => {
    const side = await sides.open();
    const story = new Story().signsUp('Ann', 'Bob');
    story.invites('Ann', 'Bob');
    for (const events of [[], story.events]) {
      await side.project(events);
      const { answer, upTo } = await side.models.dueDuels({ before: LATER, after: null, limit: 10 });
      expect(answer).toHaveLength(events.length && 1);
      expect(upTo).toEqual(cursorAfter(await side.models.projectedPosition(), TEST_LOG));
    }
  });
});

const NAMES = ['Ann', 'Bob', 'Cid', 'Dee', 'Eve', 'Flo'];
const LATER = '2027-01-01T00:00:00.000Z';

const dueOf = (story: Story, { invitationId, inviter, invitee, position }: Invitation): DueDuel => ({
  invitation_id: invitationId,
  inviter: inviter.toLowerCase(),
  invitee: invitee.toLowerCase(),
  due_at: story.dateOf(position + 60n),
});

const PLAYERS = 60_000;
/** A half of the players has invited the other; two of three are playing. */
const DUELS = PLAYERS / 2;

describe('with many duels', () => {
  let sides: ReadSides;
  let side: ReadSide;
  beforeAll(async () => {
    sides = await openReadSides();
    side = await sides.open();
    for (const statement of HISTORY) await side.rows(statement);
    await side.close();
  });
  afterAll(() => sides.close());

  const halfway: DueDuel = { invitation_id: idOf(DUELS / 2), inviter: '', invitee: '', due_at: EVENING };

  it.each<[string, (models: ReadModels) => Promise<unknown>]>([
    ['self, of an inviter', (models) => models.self('user7')],
    ['self, of an invitee', (models) => models.self(`user${DUELS + 8}`)],
    ['self, of a player who is free', (models) => models.self('free')],
    ['due ones', (models) => models.dueDuels({ before: LATER, after: null, limit: 100 })],
    ['due ones further on', (models) => models.dueDuels({ before: LATER, after: halfway, limit: 100 })],
    ['none that is due', (models) => models.dueDuels({ before: MORNING, after: null, limit: 100 })],
  ])('%s: reads a few index entries, no table from end to end', async (_, ask) => {
    for (const plan of await plansOf(side.models, sides.pool, ask)) {
      expect(scans(plan)).toEqual([]);
      expect(rowsRead(plan)).toBeLessThan(ROWS_READ * STEPS_PER_ROW);
      expect(plan['Shared Hit Blocks'] + plan['Shared Read Blocks']).toBeLessThan(PAGES_LOOKED_AT);
    }
  });
});

function idOf(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

const MORNING = '2026-01-01T06:00:00.000Z';
const MIDDAY = '2026-01-01T12:00:00.000Z';
/** When half of them are due. */
const EVENING = new Date(Date.parse(MIDDAY) + (DUELS / 2) * 1000).toISOString();

const HISTORY = [
  `insert into users select 'user' || n, 'user' || n, 'user' || n, 'user' || n, '', now(), n from generate_series(1, ${PLAYERS}) n`,
  `insert into users values ('free', 'free', 'free', 'free', '', now(), 0)`,
  `insert into duels (invitation_id, inviter_key, invitee_key, inviter_is_engaged, has_seat, game_id, expires_at, due_at)
    select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'user' || n, 'user' || n + ${DUELS}, true, n % 3 > 0,
    case when n % 3 > 0 then gen_random_uuid() end, due, due
    from generate_series(1, ${DUELS}) n, lateral (select '${MIDDAY}'::timestamptz + n * interval '1 second' as due) d`,
  'analyze',
];
