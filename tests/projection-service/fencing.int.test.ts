import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { projectionDigest } from '../../projection-service/digest.ts';
import { LeadershipLost, waitForLeadership } from '../../projection-service/leadership.ts';
import { openReadSides, type ReadSides } from './read-side.ts';
import { Story } from './story.ts';

describe('leadership', () => {
  let sides: ReadSides;
  beforeAll(async () => {
    sides = await openReadSides();
  });
  afterEach(() => sides.release());
  afterAll(() => sides.close());

  it('fences out one whose epoch has passed: it writes no row of any table', async () => {
    const side = await sides.open();
    const story = new Story().signsUp('Ann', 'Bob').chat('Ann', 'Bob');
    const sent = story.sends('Ann', 'Bob');
    const open = story.announces('Ann');
    await side.project(story.events);
    const before = await projectionDigest(sides.pool, side.schema);
    await side.rows('update checkpoints set epoch = epoch + 1');
    const later = new Story(story.position).signsUp('Cid').blocks('Ann', 'Bob').likes(sent).reads(sent);
    later.closes('Ann', open).sends('Bob', 'Ann');
    later.announces('Bob');
    await expect(side.project(later.events)).rejects.toThrow(LeadershipLost);
    expect(await projectionDigest(sides.pool, side.schema)).toEqual(before);
  });

  it('fences out one that does not know the checkpoint', async () => {
    const side = await sides.open();
    await side.rows('update checkpoints set position = 7');
    await expect(side.project(new Story().signsUp('Ann').events)).rejects.toThrow(LeadershipLost);
    expect(await side.rows('select * from users')).toEqual([]);
  });

  it('goes to one at a time per schema, to the next with a higher epoch and the same checkpoint', async () => {
    const [side, other] = [await sides.open(), await sides.open()];
    await side.project(new Story().signsUp('Ann').events);
    const waiting = new AbortController();
    let waited = 0;
    const next = waitForLeadership(sides.pool, side.schema, {
      signal: waiting.signal,
      limits: { pollMs: 10 },
      onWaiting: () => {
        waited += 1;
        if (waited === 3) void side.close();
      },
    });
    const taken = await next;
    expect(waited).toBeGreaterThanOrEqual(3);
    expect(taken).toMatchObject({ epoch: expect.any(BigInt), position: 2n });
    expect(taken?.epoch).toBeGreaterThan(side.leadership.epoch);
    expect(await other.rows('select epoch from checkpoints')).toEqual([{ epoch: other.leadership.epoch }]);
    await taken?.release();
  });

  it('begins with an epoch after the time, so that tables which are made anew are not below those that were dropped', async () => {
    const { rows } = await sides.pool.query('select extract(epoch from now())::bigint as seconds');
    const { epoch } = (await sides.open()).leadership;
    expect(epoch).toBeGreaterThan(rows[0].seconds);
    expect(epoch).toBeLessThan(rows[0].seconds + 3600n);
  });

  it('never goes on below the time, so that tables which were restored are not below what was given out since', async () => {
    const side = await sides.open();
    await side.rows('update checkpoints set epoch = 5');
    await side.close();
    const signal = new AbortController().signal;
    const taken = await waitForLeadership(sides.pool, side.schema, { signal, limits: { pollMs: 10 } });
    const { rows } = await sides.pool.query('select extract(epoch from now())::bigint as seconds');
    expect(taken?.epoch).toBeGreaterThan(rows[0].seconds - 3600n);
    await taken?.release();
  });

  it('is waited for until the signal', async () => {
    const side = await sides.open();
    const signal = AbortSignal.timeout(50);
    expect(await waitForLeadership(sides.pool, side.schema, { signal, limits: { pollMs: 10 } })).toBeNull();
  });
});
