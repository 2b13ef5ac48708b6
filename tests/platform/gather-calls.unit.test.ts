import { describe, expect, it } from 'vitest';
import { gatherCalls } from '../../platform/gather-calls.ts';
import { eventually } from '../support/patience.ts';

describe('gathered calls', () => {
  const gathering = (callsAtOnce: number, keysPerCall: number) => {
    const calls: { readonly keys: readonly number[]; answer(): void; fail(): void }[] = [];
    const find = gatherCalls(
      (keys: readonly number[]) =>
        new Promise<string[]>((resolve, reject) =>
          calls.push({
            keys,
            answer: () => resolve(keys.map((key) => `answer to ${key}`)),
            fail: () => reject(new Error('away')),
          }),
        ),
      { callsAtOnce, keysPerCall },
    );
    return { calls, find };
  };

  it('take what comes in one turn, and what comes while others are under way', async () => {
    const { calls, find } = gathering(1, 10);
    const first = [find(1), find(2)];
    await eventually(() => expect(calls).toHaveLength(1));
    const later = [find(3)];
    await Promise.resolve();
    later.push(find(4));
    calls[0]?.answer();
    await eventually(() => expect(calls).toHaveLength(2));
    calls[1]?.answer();
    expect(await Promise.all(first)).toEqual(['answer to 1', 'answer to 2']);
    expect(await Promise.all(later)).toEqual(['answer to 3', 'answer to 4']);
    expect(calls.map(({ keys }) => keys)).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('are so many at once, and so large, and in the order in which they were asked for', async () => {
    const { calls, find } = gathering(2, 3);
    const asked = [1, 2, 3, 4, 5, 6, 7].map((key) => find(key));
    await eventually(() => expect(calls).toHaveLength(2));
    calls[0]?.answer();
    await eventually(() => expect(calls).toHaveLength(3));
    for (const { answer } of calls) answer();
    expect(await Promise.all(asked)).toHaveLength(7);
    expect(calls.map(({ keys }) => keys)).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
  });

  it('answer the same key to each who asks, by a call that begins afterwards', async () => {
    const { calls, find } = gathering(2, 10);
    const first = find(1);
    await eventually(() => expect(calls).toHaveLength(1));
    const second = find(1);
    await eventually(() => expect(calls).toHaveLength(2));
    for (const { answer } of calls) answer();
    expect(await Promise.all([first, second])).toEqual(['answer to 1', 'answer to 1']);
  });

  it('that fail, fail for all of their keys, and are followed by others', async () => {
    const { calls, find } = gathering(1, 10);
    const failed = Promise.allSettled([find(1), find(2)]);
    await eventually(() => expect(calls).toHaveLength(1));
    const other = find(3);
    calls[0]?.fail();
    expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await eventually(() => expect(calls).toHaveLength(2));
    calls[1]?.answer();
    expect(await other).toBe('answer to 3');
  });
});
