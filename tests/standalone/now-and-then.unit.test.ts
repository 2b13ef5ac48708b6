import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nowAndThen } from '../../standalone/now-and-then.ts';

describe('whoever waits', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('is told nothing for two seconds, then what there is to tell every five', () => {
    const told: string[] = [];
    const tell = nowAndThen((text) => told.push(text));
    for (let second = 0; second <= 13; second += 1) {
      tell(`after ${second} s`);
      vi.advanceTimersByTime(1000);
    }
    expect(told).toEqual(['after 2 s', 'after 7 s', 'after 12 s']);
  });
});
