import { describe, expect, it } from 'vitest';
import { PublishedMark } from '../../projection-service/published-mark.ts';

interface Flush {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Flushes that the test ends. */
function flushes() {
  const open: Flush[] = [];
  const flush = () => new Promise<void>((resolve, reject) => open.push({ resolve, reject }));
  return { open, flush };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('published mark', () => {
  it('follows what was published before a flush that succeeded', async () => {
    const { open, flush } = flushes();
    const mark = new PublishedMark(0n, flush);
    mark.published(1n);
    mark.published(2n);
    expect([mark.certain, open.length]).toEqual([0n, 1]);
    open[0]?.resolve();
    await settled();
    expect(mark.certain).toBe(1n);
    mark.published(3n);
    open[1]?.resolve();
    await settled();
    expect(mark.certain).toBe(3n);
  });

  it('stays where it is when a flush fails, and follows the next that succeeds', async () => {
    const { open, flush } = flushes();
    const mark = new PublishedMark(5n, flush);
    mark.published(6n);
    open[0]?.reject(new Error('the connection broke'));
    await settled();
    expect(mark.certain).toBe(5n);
    mark.published(7n);
    open[1]?.resolve();
    await settled();
    expect(mark.certain).toBe(7n);
  });

  it('follows at once what nobody waits for, and never goes back', async () => {
    const { open, flush } = flushes();
    const mark = new PublishedMark(-1n, flush);
    mark.published(0n);
    mark.skipped(100n);
    open[0]?.resolve();
    await settled();
    expect(mark.certain).toBe(100n);
  });
});
