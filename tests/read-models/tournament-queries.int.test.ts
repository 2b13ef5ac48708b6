import { Kysely, PostgresDialect, sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cursorAfter } from '../../protocol/cursor.ts';
import { OFFSET_LIMIT } from '../../protocol/http-requests.ts';
import type { PageRequest } from '../../protocol/http-resources.ts';
import { InvalidPageCursor } from '../../read-models/pages.ts';
import type { ReadModels } from '../../read-models/read-models.ts';
import type { ReadTables } from '../../read-models/tables.ts';
import { openBeyond } from '../../read-models/tournaments/open-tree.ts';
import { openReadSides, type ReadSide, type ReadSides } from '../projection-service/read-side.ts';
import { TEST_LOG } from '../projection-service/scripted-log.ts';
import { Story } from '../projection-service/story.ts';
import { everyPage } from './every-page.ts';
import {
  cursor,
  PAGES_LOOKED_AT,
  plansOf,
  ROWS_READ,
  rowsRead,
  STEPS_PER_ROW,
  scans,
} from './statement-plans.ts';

const FIRST: PageRequest = { limit: 10, offset: 0 };

describe('tournaments', () => {
  let sides: ReadSides;
  beforeAll(async () => {
    sides = await openReadSides();
  });
  afterEach(() => sides.release());
  afterAll(() => sides.close());

  const told = async (story: Story): Promise<ReadSide> => {
    const side = await sides.open();
    await side.project(story.events);
    return side;
  };

  it('are shown as they were announced, pending while they are open, with the creator as of now', async () => {
    const story = new Story().signsUp('Ann', 'Bob');
    const open = story.announces('Ann', 'Cup "of\ncups"');
    const announced = story.position;
    const closed = story.announces('Bob');
    const { models } = await told(story.closes('Bob', closed).renames('Ann', 'Annie', '/annie.png'));
    const { answer } = await models.tournament(open);
    expect(answer).toEqual({
      id: open,
      name: 'Cup "of\ncups"',
      status: 'pending',
      required_participants: 4,
      alias: 'Ace',
      creator: { username: 'Ann', nickname: 'Annie', avatar: '/annie.png' },
      settings: { score_to_win: 5, game_speed: 'medium', ranked: false, time_limit: 3, cool_mode: true },
      date: story.dateOf(announced),
    });
    expect((await models.tournament(open.toUpperCase())).answer).toEqual(answer);
    expect((await models.tournament(closed)).answer).toMatchObject({ id: closed, status: 'cancelled' });
    expect((await models.tournament('00000000-0000-4000-8000-000000000000')).answer).toBeNull();
    const { answer: page } = await models.tournaments(FIRST);
    expect(page.items).toEqual([(await models.tournament(closed)).answer, answer]);
  });

  it('are listed, the newest first, closed ones too, by cursor and by offset', async () => {
    const story = new Story().signsUp('Ann', 'Bob', 'Cid');
    const names: string[] = [];
    const announce = (creator: string) => {
      names.unshift(`cup ${names.length}`);
      return story.announces(creator, names[0]);
    };
    for (let round = 0; round < 3; round += 1)
      for (const creator of ['Ann', 'Bob', 'Cid']) story.closes(creator, announce(creator));
    announce('Cid');
    const side = await told(story);
    for (const limit of [1, 3, 10, 100]) {
      const items = await everyPage(async (page) => (await side.models.tournaments(page)).answer, limit);
      expect(items.map(({ name }) => name)).toEqual(names);
    }
    const { answer: page } = await side.models.tournaments({ limit: 2, offset: 0 });
    expect(page).toMatchObject({ count: 10, next: expect.any(String) });
    announce('Ann');
    await side.project(story.events.slice(-1));
    const next = { limit: 2, offset: 7, before: page.next ?? '' };
    const { answer: later } = await side.models.tournaments(next);
    expect(later.items.map(({ name }) => name)).toEqual(names.slice(3, 5));
    expect(later.count).toBe(11);
  });

  it('are none before the first one, and beyond the last', async () => {
    const side = await told(new Story().signsUp('Ann'));
    const none = { items: [], count: 0, next: null };
    expect((await side.models.tournaments(FIRST)).answer).toEqual(none);
    expect((await side.models.tournaments({ limit: 10, offset: 1 })).answer).toEqual(none);
  });

  it.each(['', 'x', cursor('tournaments', ['1']), cursor('tournaments', [0]), cursor('chats', [1])])(
    'refuse %j as a cursor',
    async (before) => {
      const { models } = await told(new Story().signsUp('Ann'));
      await expect(models.tournaments({ ...FIRST, before })).rejects.toThrow(InvalidPageCursor);
    },
  );

  it('that a user has open are told by self', async () => {
    const story = new Story().signsUp('Ann', 'Bob');
    const first = story.announces('Ann');
    const second = story.closes('Ann', first).announces('Ann');
    const side = await told(story);
    const openOf = async (who: string) => (await side.models.self(who)).answer?.tournament_id;
    expect([await openOf('aNN'), await openOf('bob')]).toEqual([second, null]);
    await side.project(new Story(story.position).closes('Ann', second).events);
    expect(await openOf('ann')).toBeNull();
  });

  it('say which snapshot they are of, also where they find nothing', async () => {
    const side = await sides.open();
    const story = new Story().signsUp('Ann');
    const id = story.announces('Ann');
    for (const events of [[], story.events]) {
      await side.project(events);
      const answers = [await side.models.tournaments(FIRST), await side.models.tournament(id)];
      const upTo = cursorAfter(await side.models.projectedPosition(), TEST_LOG);
      expect(answers.map((answer) => answer.upTo)).toEqual([upTo, upTo]);
    }
  });
});

const TOURNAMENTS = 60_000;
const CREATORS = 20_000;

describe('with many tournaments', () => {
  let sides: ReadSides;
  let side: ReadSide;
  beforeAll(async () => {
    sides = await openReadSides();
    side = await sides.open();
    for (const statement of HISTORY) await side.rows(statement);
    await side.close();
  });
  afterAll(() => sides.close());

  const openBeyondPlace = (position: bigint) => {
    const db = new Kysely<ReadTables>({ dialect: new PostgresDialect({ pool: sides.pool }) });
    const query = db
      .withSchema(side.schema)
      .selectNoFrom(openBeyond(sql<bigint>`${position}::bigint`).as('open'));
    return query.executeTakeFirstOrThrow();
  };

  it.each<[string, (models: ReadModels) => Promise<unknown>]>([
    ['self', (models) => models.self('user7')],
    ['one tournament', (models) => models.tournament(idOf(7))],
    ['tournaments', (models) => models.tournaments({ limit: 100, offset: 0 })],
    ['tournaments deep down', (models) => models.tournaments({ limit: 100, offset: OFFSET_LIMIT })],
    ['tournaments beyond the last', (models) => models.tournaments({ limit: 100, offset: TOURNAMENTS })],
    [
      'tournaments further on',
      (models) => models.tournaments({ limit: 100, offset: 0, before: cursor('tournaments', [30_000]) }),
    ],
    ['open ones beyond a place', () => openBeyondPlace(2n * 32_767n)],
    ['open ones beyond any place', () => openBeyondPlace(-1n)],
  ])('%s reads a few index entries, no table from end to end', async (_, ask) => {
    for (const plan of await plansOf(side.models, sides.pool, ask)) {
      expect(scans(plan)).toEqual([]);
      expect(rowsRead(plan)).toBeLessThan(ROWS_READ * STEPS_PER_ROW);
      expect(plan['Shared Hit Blocks'] + plan['Shared Read Blocks']).toBeLessThan(PAGES_LOOKED_AT);
    }
  });

  it('open ones beyond a place are as many as there are', async () => {
    for (const number of [0, 1, 32_767, 32_768, 45_001, TOURNAMENTS - 1, TOURNAMENTS])
      expect(await openBeyondPlace(BigInt(number) * 2n)).toEqual({
        open: Math.min(TOURNAMENTS - number, CREATORS),
      });
  });
});

const idOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** Everybody has announced three, and the last one is open. */
const HISTORY = [
  `insert into users select 'user' || n, 'user' || n, 'user' || n, 'user' || n, '', now(), n from generate_series(0, ${CREATORS - 1}) n`,
  `insert into tournaments select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, n, n * 2, gen_random_uuid(), 'cup ' || n, 'Ace', 8,
    '{"score_to_win":5}', 'user' || n % ${CREATORS}, n > ${TOURNAMENTS - CREATORS}, now() from generate_series(1, ${TOURNAMENTS}) n`,
  `insert into open_tournaments select n, (select count(*) from tournaments where is_open and number > n - (n & -n) and number <= n)
    from generate_series(1, ${TOURNAMENTS}) n`,
  `insert into open_tournaments values (0, ${CREATORS})`,
  'analyze',
];
