import { describe, expect, it } from 'vitest';
import { searchHighest } from '../../bench/measures/search-highest.ts';

const searching = async (highest: number, from: number, stride: number, tolerance = 0) => {
  const tried: number[] = [];
  const found = await searchHighest({ from, stride, tolerance, lowest: -10 }, async (step) => {
    tried.push(step);
    return step <= highest;
  });
  return { found, tried };
};

describe('the search for the highest step', () => {
  it.each([
    { highest: 40, from: 28, stride: 8 },
    { highest: 28, from: 28, stride: 8 },
    { highest: 35, from: 28, stride: 8 },
    { highest: 3, from: 28, stride: 8 },
    { highest: -10, from: 28, stride: 8 },
    { highest: 30, from: 28, stride: 2 },
    { highest: 12, from: 28, stride: 1 },
  ])('finds $highest from $from by $stride', async ({ highest, from, stride }) => {
    expect((await searching(highest, from, stride)).found).toBe(highest);
  });

  it('is content with a step a little below the highest', async () => {
    for (let highest = -10; highest < 60; highest += 1) {
      const { found } = await searching(highest, 20, 8, 3);
      expect(found).toBeLessThanOrEqual(highest);
      expect(found).toBeGreaterThanOrEqual(highest - 3);
    }
  });

  it('needs few tries near where it starts, and not many far from there', async () => {
    expect((await searching(30, 30, 1)).tried).toEqual([30, 31]);
    expect((await searching(29, 30, 1)).tried).toEqual([30, 29]);
    expect((await searching(60, 30, 1)).tried).toEqual([30, 31, 33, 37, 45, 53, 61, 57, 59, 60]);
  });

  it('finds none when not even the lowest holds', async () => {
    expect((await searching(-11, 28, 8)).found).toBeNull();
  });

  it('tries no step twice', async () => {
    for (let highest = -12; highest < 60; highest += 1) {
      const { tried } = await searching(highest, 20, 8);
      expect(new Set(tried).size).toBe(tried.length);
    }
  });
});
