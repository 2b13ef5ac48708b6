import { Registry } from 'prom-client';
import { beforeEach, describe, expect, it } from 'vitest';
import { createProjectionMetrics } from '../../projection-service/metrics.ts';
import { Standing } from '../../projection-service/standing.ts';

describe('a leader', () => {
  let standing: Standing;
  beforeEach(() => {
    standing = new Standing(createProjectionMetrics(new Registry()));
  });
  const writes = (caughtUp: boolean): void => {
    standing.taking();
    standing.written({ events: 1, position: 1n, caughtUp, startedAt: performance.now() });
  };

  it('of empty read models is not ready before it has been at the end of the log', () => {
    standing.leading(-1n);
    expect(standing.notReady(60_000)).toBe('filling the read models');
    writes(false);
    expect(standing.notReady(60_000)).toBe('filling the read models');
    writes(true);
    writes(false);
    expect(standing.notReady(60_000)).toBeNull();
  });

  it('of others is ready while it is behind for a moment only', () => {
    standing.leading(7n);
    writes(false);
    expect(standing.notReady(60_000)).toBeNull();
    expect(standing.notReady(-1)).toBe('behind the log for 0 s');
  });

  it('that only follows now is ready, whatever it had begun to fill', () => {
    standing.leading(-1n);
    standing.following();
    expect(standing.notReady(60_000)).toBeNull();
  });
});
