import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProjectionMetrics } from '../../projection-service/metrics.ts';
import { Standing } from '../../projection-service/standing.ts';

describe('a projection service', () => {
  let standing: Standing;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    standing = new Standing(createProjectionMetrics(new Registry()));
  });
  afterEach(() => void vi.useRealTimers());
  const writes = (caughtUp: boolean, unwrittenSince: number | null = null): void => {
    standing.taking();
    const startedAt = performance.now();
    standing.written({
      events: 1,
      position: 1n,
      caughtUp,
      unwrittenSince,
      startedAt,
      takenAt: startedAt,
    });
  };

  it('is in trouble before it follows or leads, and after a failure', () => {
    expect(standing.trouble).toBe('starting');
    standing.leading(7n);
    expect(standing.trouble).toBeNull();
    standing.failed('cannot project');
    expect(standing.trouble).toBe('cannot project');
    standing.following(null);
    expect(standing.trouble).toBeNull();
  });

  it('is behind from the first batch that does not reach the end of the log to the next one that does', () => {
    standing.leading(7n);
    vi.advanceTimersByTime(60_000);
    writes(false);
    expect(standing.behind(0)).toBeNull();
    vi.advanceTimersByTime(11_000);
    writes(false);
    expect(standing.behind(11_000)).toBeNull();
    expect(standing.behind(10_000)).toBe('behind the log for 11 s');
    writes(true);
    vi.advanceTimersByTime(1000);
    expect(standing.behind(0)).toBeNull();
  });

  it('is not behind while each write ends with something newer to write', () => {
    standing.leading(7n);
    for (let write = 0; write < 20; write += 1) {
      vi.advanceTimersByTime(1000);
      writes(true, performance.now() - 30);
    }
    expect(standing.behind(30)).toBeNull();
    expect(standing.behind(29)).toBe('behind the log for 0 s');
  });

  it('is not behind once it has taken a batch that reaches the end, with nothing to write', () => {
    standing.leading(7n);
    writes(false);
    vi.advanceTimersByTime(1000);
    standing.caughtUp();
    vi.advanceTimersByTime(1000);
    expect(standing.behind(0)).toBeNull();
  });

  it('is not behind any more when it only follows', () => {
    standing.leading(7n);
    writes(false);
    standing.following(null);
    vi.advanceTimersByTime(1000);
    expect(standing.behind(0)).toBeNull();
  });
});

it.each([
  { what: 'events where positions count them', position: 110n, events: 10, end: 150n, lag: 40 },
  { what: 'an estimate where positions are bytes', position: 7100n, events: 10, end: 14_100n, lag: 10 },
  { what: 'one at least, where none has been seen yet', position: 100n, events: 0, end: 9000n, lag: 1 },
  { what: 'nothing, when the log ends there', position: 110n, events: 10, end: 110n, lag: 0 },
])('the lag is $what', async ({ position, events, end, lag }) => {
  const standing = new Standing(createProjectionMetrics(new Registry()));
  standing.leading(100n);
  const ask = vi.fn(async () => end);
  expect(await standing.lagEvents(ask)).toBe(0);
  expect(ask).not.toHaveBeenCalled();
  standing.taking();
  standing.written({ position, events, caughtUp: false, unwrittenSince: null, startedAt: 0, takenAt: 0 });
  expect(await standing.lagEvents(ask)).toBe(lag);
  standing.failed('the database is away');
  expect(await standing.lagEvents(ask)).toBeNull();
});
