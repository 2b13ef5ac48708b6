import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { pairId } from '../../platform/event-store/stream-name.ts';
import { NO_LANDMARKS } from '../../projection-service/landmarks.ts';
import { OpenRooms } from '../../projection-service/open-rooms.ts';
import { rebuild } from '../../projection-service/rebuild.ts';
import { writeRows } from '../../projection-service/write-rows.ts';
import { cursorAfter, isAfter } from '../../protocol/cursor.ts';
import { feed } from '../../read-models/feed/room.ts';
import { trimFeed } from '../../read-models/feed/trim-feed.ts';
import { openReadModels } from '../../read-models/read-models.ts';
import { anyStory } from '../projection-service/any-story.ts';
import { openReadSides, type ReadSide, type ReadSides, silent } from '../projection-service/read-side.ts';
import { ScriptedLog, TEST_LOG } from '../projection-service/scripted-log.ts';
import { type Sent, START, Story } from '../projection-service/story.ts';

describe('missed', () => {
  let sides: ReadSides;
  let side: ReadSide;
  let story: Story;
  let sent: Sent[];
  beforeAll(async () => {
    sides = await openReadSides();
  });
  afterEach(() => sides.release());
  afterAll(() => sides.close());

  const conversation = async (messages: number): Promise<void> => {
    side = await sides.open();
    story = new Story().signsUp('Ann', 'Bob', 'Cid').chat('Ann', 'Bob').chat('Cid', 'Bob');
    sent = Array.from({ length: messages }, (_, index) => {
      story.sends('Cid', 'Bob', 'for Bob only');
      return story.sends('Ann', 'Bob', `m${index}`);
    });
    await side.project(story.events);
  };
  const place = (index: number) => ({ position: sent.at(index)?.position ?? 0n, ordinal: 0, log: TEST_LOG });
  const placesFrom = (index: number) =>
    sent.slice(index).map(({ position }) => ({ position, ordinal: 0, log: TEST_LOG }));

  it('is every push after the cursor, in order, up to the checkpoint', async () => {
    await conversation(120);
    const missed = await side.models.missed('ANN', place(4), 200);
    expect(missed).toMatchObject({ outcome: 'complete', upTo: cursorAfter(story.position, TEST_LOG) });
    if (missed.outcome !== 'complete') throw new Error('incomplete');
    expect(missed.pushes.map(({ cursor }) => cursor)).toEqual(placesFrom(5));
    expect(missed.pushes.map(({ text }) => JSON.parse(text).data.content)).toEqual(
      sent.slice(5).map((_, index) => `m${index + 5}`),
    );
    expect(await side.models.missed('bob', place(4), 1000)).toMatchObject({ pushes: { length: 230 } });
  });

  it('names the leader that may write', async () => {
    await conversation(1);
    const { epoch } = side.leadership;
    expect(await side.models.missed('ann', null, 1)).toMatchObject({ outcome: 'incomplete', epoch });
    expect(await side.models.missed('ann', place(-1), 1)).toMatchObject({ outcome: 'complete', epoch });
  });

  it('is complete and empty at the end, and for someone who was sent nothing', async () => {
    await conversation(3);
    const upTo = cursorAfter(story.position, TEST_LOG);
    for (const [who, after] of [
      ['ann', upTo],
      ['ann', place(-1)],
      ['nobody', place(0)],
    ] as const) {
      expect(await side.models.missed(who, after, 0)).toMatchObject({
        outcome: 'complete',
        pushes: [],
        upTo,
      });
    }
  });

  it('is each frame once, also one that has only one user', async () => {
    side = await sides.open();
    story = new Story().signsUp('Ann').chat('Ann', 'Ann');
    sent = [story.sends('Ann', 'Ann'), story.sends('Ann', 'Ann')];
    await side.project(story.events);
    const missed = await side.models.missed('ann', { position: 1n, ordinal: 0, log: TEST_LOG }, 100);
    expect(missed.outcome === 'complete' && missed.pushes.map(({ cursor }) => cursor)).toEqual(placesFrom(0));
  });

  it('is in order also when it stood on both sides of its frames', async () => {
    side = await sides.open();
    story = new Story().signsUp('Ann', 'Bob').chat('Ann', 'Bob');
    sent = Array.from({ length: 12 }, (_, index) =>
      index % 3 === 0 ? story.sends('Ann', 'Bob') : story.sends('Bob', 'Ann'),
    );
    await side.project(story.events);
    for (const who of ['ann', 'bob']) {
      const missed = await side.models.missed(who, place(1), 10);
      expect(missed.outcome === 'complete' && missed.pushes.map(({ cursor }) => cursor)).toEqual(
        placesFrom(2),
      );
      expect(await side.models.missed(who, place(1), 9)).toMatchObject({ outcome: 'incomplete' });
    }
  });

  it('is incomplete when it is more than the limit, never given out, of another log, or not asked for', async () => {
    await conversation(10);
    const upTo = cursorAfter(story.position, TEST_LOG);
    expect(await side.models.missed('ann', place(0), 9)).toMatchObject({ outcome: 'complete' });
    for (const [after, limit] of [
      [place(0), 8],
      [cursorAfter(story.position + 1n, TEST_LOG), 100],
      [{ position: 2n ** 63n - 1n, ordinal: 999, log: TEST_LOG }, 100],
      [{ ...place(5), log: '8' }, 100],
      [null, 100],
    ] as const) {
      expect(await side.models.missed('ann', after, limit)).toMatchObject({ outcome: 'incomplete', upTo });
    }
  });

  it('is what was pushed, letter by letter, from any place on, for everybody, if it is not too much', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyStory,
        fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 20 }),
        fc.nat({ max: 12 }),
        async ({ events }, sizes, limit) => {
          side = await sides.open();
          const pushed = await framesOf(side, events);
          await side.project(events, sizes);
          const asked = ['ann', 'bob', 'cid'].flatMap((who) =>
            events.map(({ position }) => ({ who, after: { position, ordinal: 0, log: TEST_LOG } })),
          );
          // All at once: they share statements.
          await Promise.all(
            asked.map(async ({ who, after }) => {
              const later = pushed.filter(({ cursor }) => isAfter(cursor, after));
              const counting = later.filter(({ to }) => 'everyoneBut' in to || to.users.includes(who));
              const own = counting.filter(({ to }) => 'users' in to || !to.everyoneBut.includes(who));
              const missed = await side.models.missed(who, after, limit);
              expect(missed.outcome === 'complete' ? missed.pushes : 'too much').toEqual(
                counting.length > limit ? 'too much' : own.map(({ cursor, text }) => ({ cursor, text })),
              );
            }),
          );
          await side.close();
        },
      ),
      { numRuns: 12 },
    );
  });

  it('is what was pushed, letter by letter, whatever stands in it', async () => {
    side = await sides.open();
    story = new Story().signsUp('Ann', 'Bob').chat('Ann', 'Bob');
    const chatId = pairId('Ann', 'Bob');
    const texts = [
      '',
      ' ',
      '\n',
      '\r\n\t',
      '"\\\\',
      '\u2028\u0001',
      '🂡 {"a":"\\n"}',
      'null',
      '2026-11-29T07:00:00.120+01:00',
    ];
    for (const text of texts) {
      const messageId = randomUUID();
      const odd = { messageId, chatId, sender: 'Ann', recipient: 'Bob', content: text, timestamp: text };
      story.add(`message-${messageId}`, (date) => ({ type: 'MessageSent', data: { ...odd, date } }));
    }
    const pushed = (await framesOf(side, story.events)).map(({ text }) => text);
    await side.project(story.events);
    const missed = await side.models.missed('bob', { position: 1n, ordinal: 0, log: TEST_LOG }, 100);
    expect(missed.outcome === 'complete' && missed.pushes.map(({ text }) => text)).toEqual(pushed);
    expect(pushed).toHaveLength(texts.length);
  });

  it('has what was for everyone but somebody else, in its place, and counts what was for everyone but oneself', async () => {
    await conversation(3);
    const at = (index: number, ordinal: number) => ({ ...place(index), ordinal });
    const entries = [
      { cursor: at(0, 1), to: { everyoneBut: ['ann'] }, text: '{"not":"Ann"}' },
      { cursor: at(1, 1), to: { everyoneBut: ['bob'] }, text: '{"not":"Bob"}' },
      { cursor: at(1, 2), to: { users: ['ann', 'ann'] }, text: '{"only":"Ann"}' },
    ];
    const feedRoom = feed.open();
    for (const entry of entries)
      feedRoom.rows.keep({ ...entry, about: null, date: '2026-01-01T00:00:00.000Z' });
    const { position } = story;
    await writeRows(side.leadership, feedRoom.takeWrites(), {
      position: position + 1n,
      filled: true,
      landmarks: NO_LANDMARKS,
    });
    const textsFor = async (who: string, limit: number) => {
      const missed = await side.models.missed(who, place(0), limit);
      return (
        missed.outcome === 'complete' &&
        missed.pushes.map(({ text }) => text.replace(/.*"content":("m\d").*/, '$1'))
      );
    };
    expect(await textsFor('ann', 5)).toEqual(['"m1"', '{"not":"Bob"}', '{"only":"Ann"}', '"m2"']);
    expect(await textsFor('ann', 4)).toBe(false);
    expect(await textsFor('nobody', 2)).toEqual(['{"not":"Ann"}', '{"not":"Bob"}']);
    expect(await textsFor('bob', 9)).toHaveLength(5);
  });

  it('is the same from every cursor after a rebuild, of everybody and nobody else', async () => {
    await conversation(5);
    story.announces('Ann', 'For all');
    await side.project(story.events.slice(-1));
    const log = new ScriptedLog();
    log.write(story.events);
    const schema = sides.freshSchema();
    await rebuild({ store: log, pool: sides.pool, schema, signal: new AbortController().signal });
    const rebuilt = openReadModels({ pool: sides.pool, schema, logger: silent });
    for (const who of ['ann', 'bob', 'cid', 'nobody'])
      for (const { position } of story.events)
        for (const after of [{ position, ordinal: 0, log: TEST_LOG }, cursorAfter(position, TEST_LOG)]) {
          const [before, now] = await Promise.all(
            [side.models, rebuilt].map((models) => models.missed(who, after, 100)),
          );
          expect(now).toMatchObject({ ...before, epoch: expect.anything() });
        }
  });

  it('has nothing for everyone from before the user signed up, whoever the cursor is from', async () => {
    side = await sides.open();
    story = new Story().signsUp('Ann');
    const before = { position: story.position, ordinal: 0, log: TEST_LOG };
    const first = story.announces('Ann', 'First');
    story.closes('Ann', first).signsUp('Late').announces('Ann', 'Second');
    await side.project(story.events);
    const missed = await side.models.missed('late', before, 9);
    const tournamentOf = ({ text }: { text: string }) => JSON.parse(text).data.tournament_name;
    expect(missed.outcome === 'complete' && missed.pushes.map(tournamentOf)).toEqual(['Second']);
  });

  it('has what was for everyone but any number of users, or none', async () => {
    await conversation(1);
    const many = Array.from({ length: 30_000 }, (_, index) => `user-${index}`);
    const audiences = [[], ['ann', 'bob'], many, ['cid']];
    const feedRoom = feed.open();
    for (const [ordinal, everyoneBut] of audiences.entries()) {
      const cursor = { ...place(0), ordinal: ordinal + 1 };
      const entry = { cursor, to: { everyoneBut }, text: `{"frame":${ordinal}}` };
      feedRoom.rows.keep({ ...entry, about: null, date: '2026-01-01T00:00:00.000Z' });
    }
    const next = { position: story.position + 1n, filled: true, landmarks: NO_LANDMARKS };
    await writeRows(side.leadership, feedRoom.takeWrites(), next);
    const framesFor = async (who: string) => {
      const missed = await side.models.missed(who, place(0), 9);
      return missed.outcome === 'complete' && missed.pushes.map(({ text }) => JSON.parse(text).frame);
    };
    expect(await framesFor('Ann')).toEqual([0, 2, 3]);
    expect(await framesFor('cid')).toEqual([0, 1, 2]);
    expect(await framesFor('user-29999')).toEqual([0, 1, 3]);
    expect(await framesFor('user-30000')).toEqual([0, 1, 2, 3]);
  });

  it('is incomplete below the floor that trimming leaves, complete above it', async () => {
    await conversation(30);
    const liked = sent.map((message) => {
      story.likes(message);
      return story.position;
    });
    await side.project(story.events.slice(-30));
    const likeAt = (index: number) => ({ position: liked[index] ?? 0n, ordinal: 0, log: TEST_LOG });
    const cut = liked[9] ?? 0n;
    const before = new Date(START + Number(cut) * 1000 + 1);
    let removed = 0;
    for (;;) {
      const gone = await trimFeed(sides.pool, side.schema, before, 8);
      removed += gone;
      if (gone < 8) break;
    }
    expect(removed).toBe(20);
    expect(await side.rows('select position, (select count(*) from feed) from feed_floor')).toEqual([
      { position: cut, count: 40n },
    ]);
    expect(await side.models.missed('ann', place(-1), 100)).toMatchObject({ outcome: 'incomplete' });
    expect(await side.models.missed('ann', likeAt(9), 100)).toMatchObject({ outcome: 'incomplete' });
    const missed = await side.models.missed('ann', cursorAfter(cut, TEST_LOG), 100);
    expect(missed).toMatchObject({ outcome: 'incomplete' });
    const above = await side.models.missed('ann', likeAt(10), 100);
    expect(above.outcome === 'complete' && above.pushes.map(({ cursor }) => cursor.position)).toEqual(
      liked.slice(11),
    );
    expect(await trimFeed(sides.pool, side.schema, before, 8)).toBe(0);
  });
});

/** What users are told of the first events of a log. */
async function framesOf(side: ReadSide, events: readonly RecordedEvent[]) {
  const rooms = new OpenRooms();
  await rooms.load(side.leadership.client, events);
  return rooms.fold(events, TEST_LOG).frames;
}
