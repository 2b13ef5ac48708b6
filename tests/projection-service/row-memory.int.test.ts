import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { waitForLeadership } from '../../projection-service/leadership.ts';
import { projectBatch } from '../../projection-service/project-carefully.ts';
import { openReadSides, type ReadSide, type ReadSides } from './read-side.ts';
import { Story } from './story.ts';

describe('what a leader remembers', () => {
  let sides: ReadSides;
  let side: ReadSide;
  let story: Story;
  beforeAll(async () => {
    sides = await openReadSides();
  });
  beforeEach(async () => {
    side = await sides.open();
    story = new Story().signsUp('Ann', 'Bob', 'Cid').chat('Ann', 'Bob').chat('Ann', 'Cid');
    await side.project(story.events);
  });
  afterEach(() => sides.release());
  afterAll(() => sides.close());

  /** Of what `tell` adds to the story, in one batch. */
  const statementsFor = async (tell: (story: Story) => unknown): Promise<number> => {
    const later = new Story(story.position);
    tell(later);
    story = later;
    const asked = vi.spyOn(side.leadership.client, 'query');
    await side.project(later.events);
    const statements = asked.mock.calls.length;
    asked.mockRestore();
    return statements;
  };
  const numbers = async () =>
    (await side.rows('select number from messages order by position')).map(({ number }) => number);

  it('is not asked for again: a message is one statement, and so is reading the newest', async () => {
    let last = story.sends('Ann', 'Bob');
    story.sends('Cid', 'Ann');
    await side.project(story.events.slice(-2));
    expect(await statementsFor((later) => later.sends('Ann', 'Bob'))).toBe(1);
    expect(await statementsFor((later) => (last = later.sends('Bob', 'Ann')))).toBe(1);
    expect(await statementsFor((later) => later.reads(last).sends('Cid', 'Ann'))).toBe(1);
    expect(await side.rows('select sent_a, read_a, sent_b from chats order by sent_b')).toEqual([
      { sent_a: 2, read_a: 1, sent_b: 1 },
      { sent_a: 0, read_a: 0, sent_b: 2 },
    ]);
  });

  it('is read again once it is forgotten: a chat, and the number of an older message', async () => {
    const older = story.sends('Ann', 'Bob');
    story.sends('Ann', 'Bob');
    await side.project(story.events.slice(-2));
    side.leadership.memory.forget();
    expect(await statementsFor((later) => later.reads(older))).toBe(3);
    expect(await side.rows('select read_b from chats where sent_a = 2')).toEqual([{ read_b: 1 }]);
  });

  it('is gone once a write has failed', async () => {
    const broken = new Story(story.position);
    broken.sends('Ann', 'Bob', 'Hello', 'not a uuid');
    await expect(side.project(broken.events)).rejects.toThrow('invalid input syntax');
    await side.rows('update chats set sent_a = 41');
    await statementsFor((later) => later.sends('Ann', 'Bob'));
    expect(await numbers()).toEqual([42]);
  });

  it('is gone once another projector is seen to have written', async () => {
    await statementsFor((later) => later.sends('Ann', 'Bob'));
    await side.rows('update checkpoints set position = position + 1');
    await expect(side.project(new Story(story.position).signsUp('Dan').events)).rejects.toThrow(
      'another projector',
    );
    await side.rows('update checkpoints set position = position - 1');
    expect(await statementsFor((later) => later.sends('Ann', 'Bob'))).toBe(2);
  });

  it('does not outlive its leadership', async () => {
    await side.close();
    await sides.pool.query(`update ${side.schema}.chats set sent_a = 41`);
    const signal = new AbortController().signal;
    const next = await waitForLeadership(sides.pool, side.schema, { signal, limits: { pollMs: 10 } });
    if (!next) throw new Error('not leading');
    const later = new Story(story.position);
    later.sends('Ann', 'Bob');
    await projectBatch(next, { events: later.events, position: later.position, caughtUp: true });
    const { rows } = await sides.pool.query(`select number from ${side.schema}.messages`);
    expect(rows).toEqual([{ number: 42 }]);
    await next.release();
  });
});
