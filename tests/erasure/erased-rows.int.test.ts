import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { blankOf, ownerOf } from '../../platform/sealing/personal-data.ts';
import { ROOMS } from '../../read-models/registry.ts';
import { openReadSides, type ReadSide, type ReadSides } from '../projection-service/read-side.ts';
import { Story } from '../projection-service/story.ts';

const WORDS = /Evening|evil\.png|sesame|Everest/;

/** Eve does all that leaves words behind; the others have words of their own. */
function beforeErasure(): Story {
  const story = new Story().signsUp('Eve', 'Ann', 'Bob').renames('Eve', 'Evening Star', 'https://evil.png');
  story.chat('Ann', 'Eve').chat('Bob', 'Eve').chat('Ann', 'Bob');
  story.opens('Eve');
  story.opens('Ann');
  const asked = story.sends('Eve', 'Ann', 'open sesame');
  story.reads(asked).likes(asked);
  story.likes(story.sends('Ann', 'Eve', 'never'));
  story.sends('Bob', 'Eve', 'hello');
  story.sends('Eve', 'Bob', 'sesame, Bob');
  story.sends('Ann', 'Bob', 'who is she');
  story.befriends('Eve', 'Ann').befriends('Ann', 'Eve');
  story.closes('Eve', story.announces('Eve', 'Everest Cup'));
  story.announces('Eve', 'Everest again');
  story.announces('Bob', "Bob's");
  story.duel(story.invites('Eve', 'Bob'), 'InviteDeclined');
  story.invites('Eve', 'Ann');
  return story;
}

/** As the log reads once the key is destroyed. */
const blank = (events: readonly RecordedEvent[]): RecordedEvent[] =>
  events.map((recorded) => {
    const { event } = recorded;
    if (ownerOf(event) !== 'eve') return recorded;
    return {
      ...recorded,
      event: { ...event, data: { ...event.data, ...blankOf(event.type, { ...event.data }) } } as never,
    };
  });

const TABLES = ROOMS.flatMap(({ tables }) => tables);

async function dump(side: ReadSide): Promise<Record<string, unknown[]>> {
  const dumped: Record<string, unknown[]> = {};
  for (const table of TABLES)
    dumped[table] = (await side.rows(`select r::text as row from ${table} r order by 1`)).map(
      ({ row }) => row,
    );
  return dumped;
}

/** What Eve has to do with others, and counts for them. */
const SHARED = [
  'chats',
  'likes',
  'read_markers',
  'user_counters',
  'friendships',
  'inboxes',
  'notifications',
  'duels',
];

describe('rows of a user who is erased', () => {
  let sides: ReadSides;
  beforeAll(async () => {
    sides = await openReadSides();
  });
  afterAll(() => sides.close());

  async function projected(events: readonly RecordedEvent[], sizes: readonly number[]) {
    const side = await sides.open();
    await side.project(events, sizes);
    const rows = await dump(side);
    await side.close();
    return rows;
  }

  const story = beforeErasure();
  const wordsBefore = story.events.length;
  story.erases('Eve');
  // What was under way.
  story.sends('Eve', 'Ann', 'sesame in flight');
  story.announces('Eve', 'Everest at last');
  story.opens('Eve');
  story.completesErasure('Eve');
  story.sends('Ann', 'Eve', 'are you there');

  it('have none of the words left, however the log is cut into batches', async () => {
    const whole = await projected(story.events, []);
    expect(JSON.stringify(whole)).not.toMatch(WORDS);
    for (const size of [1, 2, 3, 5, 7])
      expect(
        await projected(
          story.events,
          story.events.map(() => size),
        ),
      ).toEqual(whole);
  });

  it('are the same, byte by byte, when they are made anew from what can still be read', async () => {
    const live = await projected(story.events, []);
    expect(await projected(blank(story.events), [])).toEqual(live);
    expect(
      await projected(
        blank(story.events),
        story.events.map(() => 1),
      ),
    ).toEqual(live);
  });

  it("leave others' as they were, byte by byte", async () => {
    const events = story.events.slice(0, wordsBefore + 1);
    const before = await projected(events.slice(0, -1), []);
    const after = await projected(events, []);
    for (const [table, rows] of Object.entries(before)) {
      const others = (all: unknown[] = []) => all.filter((row) => !/eve/i.test(String(row)));
      if (!table.endsWith('prefixes')) expect(others(after[table]), table).toEqual(others(rows));
    }
    for (const table of SHARED) expect(after[table], table).toEqual(before[table]);
  });

  it('are found by nobody, and told of by the name alone', async () => {
    const side = await sides.open();
    await side.project(story.events);
    const { models } = side;
    const page = { limit: 10, offset: 0, before: undefined };
    expect((await models.user('ann', 'Eve')).answer).toBeNull();
    expect((await models.profile('ann', 'Eve')).answer).toBeNull();
    for (const search of ['', 'e', 'eve', 'evening'])
      expect(JSON.stringify((await models.searchUsers('ann', search, page)).answer)).not.toMatch(/eve/i);
    expect((await models.searchUsers('ann', '', page)).answer.count).toBe(2);
    const opened = (await models.openedChat('ann', 'eve')).answer;
    expect(opened).toMatchObject({ username: 'Eve', nickname: 'Eve', avatar: '', is_online: false });
    expect(opened?.messages.filter(({ sender }) => sender === 'Eve').map(({ content }) => content)).toEqual([
      '',
      '',
    ]);
    expect((await models.dueErasures(null, 9)).answer).toEqual([]);
    await side.close();
  });
});
