import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PublishedMark } from '../../projection-service/published-mark.ts';

describe('published mark', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('trails by one to two windows, however often something is published', () => {
    const mark = new PublishedMark(0n, 1000);
    const certain: bigint[] = [];
    for (let position = 1n; position <= 40n; position += 1n) {
      vi.advanceTimersByTime(100);
      mark.published(position);
      certain.push(position - mark.certain);
    }
    expect(certain.slice(20).every((behind) => behind >= 10n && behind <= 20n)).toBe(true);
  });

  it('stays where it is while nothing is published', () => {
    const mark = new PublishedMark(5n, 1000);
    vi.advanceTimersByTime(60_000);
    expect(mark.certain).toBe(5n);
    mark.published(6n);
    expect(mark.certain).toBe(5n);
  });

  it('follows at once what nobody waits for', () => {
    const mark = new PublishedMark(-1n, 1000);
    mark.skipped(100n);
    expect(mark.certain).toBe(100n);
  });
});
