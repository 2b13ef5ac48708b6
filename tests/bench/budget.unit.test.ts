import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Budget } from '../../bench/measures/budget.ts';

const LONG_MS = 60_000;
const told: string[] = [];
const budgetOf = (ms: number) => new Budget(ms, ({ name, why }) => told.push(`${name}: ${why}`));
const never = () => new Promise<number>(() => {});

describe('the budget of a run', () => {
  it('gives what was measured in time', async () => {
    const budget = budgetOf(LONG_MS);
    expect(await budget.measure('one', {}, () => delay(1, 1))).toBe(1);
    expect(budget.leftOut).toEqual([]);
  });

  it('leaves out what is not done in time, aloud, and goes on', async () => {
    const budget = budgetOf(20);
    expect(await budget.measure('one', {}, never)).toBeNull();
    expect(await budget.measure('two', {}, async () => 2)).toBeNull();
    expect(budget.leftOut.map(({ name }) => name)).toEqual(['one', 'two']);
    expect(told).toEqual(['one: not done within 0 s on this machine', 'two: there was no time left for it']);
  });

  it('does not begin what needs more than there is, or what is kept for others', async () => {
    const budget = budgetOf(LONG_MS);
    expect(await budget.measure('one', { needsMs: 2 * LONG_MS }, never)).toBeNull();
    expect(await budget.measure('two', { reserveMs: LONG_MS }, never)).toBeNull();
    expect(await budget.measure('three', {}, async () => 3)).toBe(3);
  });

  it('rejects as the measure does: a message that was lost is no want of time', async () => {
    const lost = new Error('lost');
    await expect(budgetOf(LONG_MS).measure('one', {}, () => Promise.reject(lost))).rejects.toBe(lost);
  });
});
