import { describe, expect, it } from 'vitest';
import { RetryAdvice } from '../../platform/retry-advice.ts';

/** Advice at a time and by chance that the test makes. */
function advising(chance = 0.5) {
  const made = { now: 1000, chance };
  const advice = new RetryAdvice(
    () => made.now,
    () => made.chance,
  );
  return { made, next: () => advice.nextMs() };
}

describe('when to come back', () => {
  it('is soon at first, then after as long as the trouble has lasted, and never much later', () => {
    const { made, next } = advising();
    const told = [0, 200, 300, 500, 1000, 1000, 1000, 1000].map((ms) => {
      made.now += ms;
      return next();
    });
    expect(told).toEqual([250, 250, 500, 1000, 2000, 3000, 3000, 3000]);
  });

  it('is soon again once there was no trouble for a while', () => {
    const { made, next } = advising();
    for (let ms = 0; ms < 5000; ms += 1000) {
      made.now += 1000;
      next();
    }
    made.now += 2001;
    expect(next()).toBe(250);
  });

  it.each([
    [0, 125],
    [0.999, 375],
  ])('differs for each: chance %d says %d ms', (chance, ms) => {
    expect(advising(chance).next()).toBe(ms);
  });
});
