import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Activity } from '../../../gateway/presence/activity.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const LIMIT_MS = 1_800_000;
const INTERVAL_MS = 30_000;

/** What is written, and who is told to be awake. */
function createActivity(limitMs = LIMIT_MS) {
  const rows = new Map<string, Date>();
  const writes: number[] = [];
  const awake: string[] = [];
  const state = { isAway: false, onWrite: () => {} };
  const activity = new Activity({
    lastSeen: {
      async write(entries) {
        state.onWrite();
        if (state.isAway) throw new Error('away');
        const list = [...entries];
        writes.push(list.length);
        for (const [key, at] of list) rows.set(key, at);
      },
    },
    limitMs,
    clock: () => new Date(),
    logger: pino({ level: 'silent' }),
    onAwake: (loginId) => awake.push(loginId),
  });
  onTestFinished(() => activity.stop());
  return { activity, rows, writes, awake, state };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('who does something', () => {
  it('is written once in a while, with the last time, and only as long as something comes', async () => {
    const { activity, rows, writes } = createActivity();
    for (let frames = 0; frames < 100; frames += 1) {
      activity.saw('ann');
      activity.saw('bob');
      await pass(10);
    }
    const last = Date.now() - 10;
    expect(writes).toEqual([]);
    await pass(INTERVAL_MS);
    expect(writes).toEqual([2]);
    expect(rows.get('ann')?.getTime()).toBe(last);
    await pass(20 * INTERVAL_MS);
    expect(writes).toEqual([2]);
  });

  it('is written sooner where people are taken for idle sooner', async () => {
    const { activity, rows } = createActivity(2000);
    activity.saw('ann');
    await pass(500);
    expect([...rows.keys()]).toEqual(['ann']);
  });

  it('is written later when it could not be written, all of it', async () => {
    const { activity, rows, state } = createActivity();
    state.isAway = true;
    activity.saw('ann');
    await pass(INTERVAL_MS);
    activity.saw('bob');
    await pass(INTERVAL_MS);
    const again = Date.now();
    activity.saw('ann');
    state.isAway = false;
    await pass(INTERVAL_MS);
    expect([...rows.keys()].sort()).toEqual(['ann', 'bob']);
    expect(rows.get('ann')?.getTime()).toBe(again);
  });

  it('is written again when something came while it was being written', async () => {
    const { activity, rows, state } = createActivity();
    activity.saw('ann');
    state.onWrite = () => {
      vi.setSystemTime(Date.now() + 1000);
      activity.saw('ann');
      state.onWrite = () => {};
    };
    await pass(INTERVAL_MS);
    const last = Date.now();
    expect(rows.get('ann')?.getTime()).toBeLessThan(last);
    await pass(INTERVAL_MS);
    expect(rows.get('ann')?.getTime()).toBe(last);
  });

  it('is written in pieces, and when the gateway ends', async () => {
    const { activity, writes } = createActivity();
    for (let login = 0; login < 2500; login += 1) activity.saw(`${login}`);
    await activity.stop();
    expect(writes).toEqual([1000, 1000, 500]);
  });

  it('is remembered up to a bound, whoever cannot be written to', async () => {
    const { activity, rows, state } = createActivity();
    state.isAway = true;
    for (let login = 0; login < 60_000; login += 1) activity.saw(`${login}`);
    await pass(INTERVAL_MS);
    state.isAway = false;
    await pass(INTERVAL_MS);
    expect(rows.size).toBe(50_000);
    expect(rows.has('59999')).toBe(true);
  });
});

describe('a sign-in', () => {
  it('wakes with the first thing that comes, and not with the next ones', async () => {
    const { activity, awake } = createActivity();
    activity.saw('ann');
    for (let minutes = 0; minutes < 60; minutes += 14) {
      await pass(14 * 60_000);
      activity.saw('ann');
    }
    expect(awake).toEqual(['ann']);
  });

  it('wakes after a silence that may have been too long', async () => {
    const { activity, awake } = createActivity();
    activity.saw('ann');
    await pass(LIMIT_MS / 2 - 1);
    activity.saw('ann');
    await pass(LIMIT_MS / 2);
    activity.saw('ann');
    expect(awake).toEqual(['ann', 'ann']);
  });

  it('does not wake here when it has woken elsewhere', async () => {
    const { activity, awake, rows } = createActivity();
    activity.heard('ann');
    activity.saw('ann');
    expect(awake).toEqual([]);
    await pass(INTERVAL_MS);
    expect([...rows.keys()]).toEqual(['ann']);
  });

  it('is not written by a gateway that only heard of it', async () => {
    const { activity, writes } = createActivity();
    activity.heard('ann');
    await pass(INTERVAL_MS);
    expect(writes).toEqual([]);
  });

  it('wakes once more when what was told may have got lost', async () => {
    const { activity, awake } = createActivity();
    activity.saw('ann');
    activity.forget();
    activity.saw('ann');
    activity.saw('ann');
    expect(awake).toEqual(['ann', 'ann']);
  });

  it('wakes when it is written so late that it may have been taken for idle', async () => {
    const { activity, awake, state } = createActivity();
    activity.saw('ann');
    await pass(INTERVAL_MS);
    state.isAway = true;
    activity.saw('ann');
    activity.saw('bob');
    awake.splice(0);
    await pass(LIMIT_MS / 4 + INTERVAL_MS);
    state.isAway = false;
    await pass(INTERVAL_MS);
    expect(awake.sort()).toEqual(['ann', 'bob']);
  });

  it('sleeps on when it is written a little late, and when there was nothing to write', async () => {
    const { activity, awake, state } = createActivity();
    await pass(2 * LIMIT_MS);
    activity.saw('ann');
    awake.splice(0);
    state.isAway = true;
    await pass(3 * INTERVAL_MS);
    state.isAway = false;
    await pass(INTERVAL_MS);
    expect(awake).toEqual([]);
  });
});
