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
    standing.written({ events: 1, position: 1n, caughtUp, unwrittenSince, startedAt: performance.now() });
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
