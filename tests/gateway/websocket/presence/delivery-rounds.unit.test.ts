import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DeliveryRounds } from '../../../../gateway/websocket/presence/delivery-rounds.ts';

let time = 0;

beforeEach(() => {
  time = 0;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  vi.spyOn(performance, 'now').mockImplementation(() => time);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function pass(ms: number): void {
  for (let passed = 0; passed < ms; passed += 1) {
    time += 1;
    vi.advanceTimersByTime(1);
  }
}

/** Rounds over so many receivers, each of which takes so long; those of `pending` always have more to come. */
function rounds({ receivers = 3, costMs = 0, pending = new Set<number>() } = {}) {
  const served: { readonly receiver: number; readonly at: number }[] = [];
  const ended: number[] = [];
  const all = Array.from({ length: receivers }, (_, index) => index);
  const delivery = new DeliveryRounds<number>({
    receivers: () => all,
    serve(receiver) {
      served.push({ receiver, at: time });
      time += costMs;
      return pending.has(receiver);
    },
    ended: (tookMs) => ended.push(tookMs),
  });
  return { delivery, served, ended, all, pending };
}

describe('rounds of delivery', () => {
  it('serve all once, as soon as something is pending, and then there is no timer', () => {
    const { delivery, served } = rounds();
    expect(vi.getTimerCount()).toBe(0);
    delivery.wake();
    delivery.wake();
    expect(vi.getTimerCount()).toBe(1);
    pass(1);
    expect(served.map(({ receiver }) => receiver)).toEqual([0, 1, 2]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('follow each other after 200 ms while something is pending', () => {
    const { delivery, served, pending } = rounds({ receivers: 2, pending: new Set([1]) });
    delivery.wake();
    pass(650);
    expect(served.filter(({ receiver }) => receiver === 0).map(({ at }) => at)).toEqual([1, 200, 400, 600]);
    pending.clear();
    pass(200);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('come 200 ms after the last one also when there was nothing in between', () => {
    const { delivery, served } = rounds({ receivers: 1 });
    delivery.wake();
    pass(50);
    delivery.wake();
    pass(149);
    expect(served).toHaveLength(1);
    pass(2);
    expect(served).toHaveLength(2);
    pass(1000);
    delivery.wake();
    pass(1);
    expect(served).toHaveLength(3);
  });

  it('let everything else go on after 5 ms, and take no more than a fifth of the time', () => {
    const { delivery, served, ended } = rounds({ receivers: 100, costMs: 1, pending: new Set([1]) });
    delivery.wake();
    pass(10_000);
    const starts = served.map(({ at }) => at);
    const pauses = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
    expect(Math.max(...pauses)).toBeGreaterThanOrEqual(20);
    const withoutPause = pauses.map((ms) => (ms > 1 ? ' ' : '.')).join('');
    expect(Math.max(...withoutPause.split(' ').map((run) => run.length))).toBeLessThan(5);
    expect(served.length / time).toBeLessThanOrEqual(0.2);
    expect(served.length / time).toBeGreaterThan(0.1);
    expect(Math.min(...ended)).toBeGreaterThan(400);
  });

  it('serve who is there when their turn comes: one that has gone meanwhile is left out', () => {
    const { delivery, served, all } = rounds({ receivers: 20, costMs: 1 });
    delivery.wake();
    pass(3);
    all.splice(10);
    pass(200);
    expect(served.map(({ receiver }) => receiver)).toEqual(Array.from({ length: 10 }, (_, index) => index));
  });
});
