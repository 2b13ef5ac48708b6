import { describe, expect, it } from 'vitest';
import { SILENT } from '../../local-cluster/ops-address.ts';
import { NotStarted, type ReadinessOptions, untilReady } from '../../local-cluster/until-ready.ts';

describe('a process that starts', () => {
  /** What it says when it is looked at, and at last for ever. */
  const saying = (...answers: readonly (string | null)[]): ReadinessOptions & { readonly told: string[] } => {
    const left = [...answers];
    const told: string[] = [];
    return {
      name: 'gateway-1',
      whyNotReady: async () => (left.length > 1 ? left.shift() : left[0]) ?? null,
      hasEnded: () => false,
      onWaiting: (reason) => told.push(reason),
      signal: new AbortController().signal,
      silentMs: 100,
      told,
    };
  };
  const times = (count: number, answer: string): string[] => Array<string>(count).fill(answer);

  it('is waited for until it is ready, far longer than it may be silent, if it says what for', async () => {
    const slow = saying(SILENT, ...times(6, 'filling the read models'), SILENT, 'almost', null);
    await untilReady(slow);
    expect(slow.told).toEqual([SILENT, ...times(6, 'filling the read models'), SILENT, 'almost']);
  });

  it('has failed when it says nothing for too long, at first or later', async () => {
    const error = new NotStarted('gateway-1 has not answered for 0.1 s');
    await expect(untilReady(saying(SILENT))).rejects.toThrow(error);
    await expect(untilReady(saying('starting', SILENT))).rejects.toThrow(error);
  });

  it('has failed when it has ended, whatever time is left', async () => {
    let looks = 0;
    const ended = { ...saying('starting'), hasEnded: () => ++looks > 3, silentMs: 60_000 };
    await expect(untilReady(ended)).rejects.toThrow(new NotStarted('gateway-1 did not start'));
  });

  it('is not waited for any more once that is called off', async () => {
    const calledOff = new AbortController();
    const waiting = { ...saying('starting'), signal: calledOff.signal, silentMs: 60_000 };
    const onWaiting = () => calledOff.abort(new Error('asked to stop'));
    await expect(untilReady({ ...waiting, onWaiting })).rejects.toThrow('asked to stop');
  });
});
