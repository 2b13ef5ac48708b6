import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EventStoreUnavailable } from '../../platform/event-store/event-store.ts';
import { Batcher } from '../../platform/event-store/postgres/batcher.ts';
import { eventually } from '../support/patience.ts';

interface Item {
  readonly name: string;
  readonly weight: number;
  readonly key?: string;
  readonly line?: string;
  readonly deadline?: number;
  readonly reject: (error: Error) => void;
}

/** A batcher whose batches end when the test says so. */
function setUp(
  limits: {
    maxBatchWeight?: number;
    maxBatchesUnderWay?: number;
    maxWaitMs?: number;
    maxQueuedWeight?: number;
  } = {},
) {
  const batches: string[][] = [];
  const ends: (() => void)[] = [];
  const rejected: string[] = [];
  const batcher = new Batcher<Item>({
    maxBatchWeight: 3,
    maxQueuedWeight: 100,
    maxBatchesUnderWay: 1,
    maxWaitMs: 60_000,
    ...limits,
    run: (batch) => {
      batches.push(batch.map(({ name }) => name));
      return new Promise((resolve) => ends.push(resolve));
    },
  });
  const add = (name: string, weight = 1, key?: string, line?: string, deadline?: number) =>
    batcher.add({
      name,
      weight,
      ...(deadline !== undefined && { deadline }),
      ...(key !== undefined && { key }),
      ...(line !== undefined && { line }),
      reject: (error) => {
        expect(error).toBeInstanceOf(EventStoreUnavailable);
        rejected.push(name);
      },
    });
  return { batcher, batches, ends, rejected, add };
}

test('what arrives in one turn is one batch, up to its weight; the rest waits for the next', async () => {
  const { add, batches, ends, batcher } = setUp();
  for (const name of ['a', 'b', 'c', 'd']) add(name);
  await eventually(() => expect(batches).toEqual([['a', 'b', 'c']]));
  add('e');
  ends.shift()?.();
  await eventually(() =>
    expect(batches).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
    ]),
  );
  ends.shift()?.();
  await batcher.idle();
});

test('a heavy one has a batch to itself, and lighter ones do not overtake it', async () => {
  const { add, batches, ends } = setUp();
  add('a');
  add('heavy', 10);
  add('b');
  for (const expected of [[['a']], [['a'], ['heavy']], [['a'], ['heavy'], ['b']]]) {
    await eventually(() => expect(batches).toEqual(expected));
    ends.shift()?.();
  }
});

test('two with the same key never share a batch, and keep their order', async () => {
  const { add, batches, ends } = setUp();
  add('a1', 1, 'a');
  add('a2', 1, 'a');
  add('b1', 1, 'b');
  add('a3', 1, 'a');
  for (const expected of [['a1', 'b1'], ['a2'], ['a3']]) {
    await eventually(() => expect(batches.at(-1)).toEqual(expected));
    ends.shift()?.();
  }
});

test('no more batches are under way than allowed', async () => {
  const { add, batches, ends } = setUp({ maxBatchWeight: 1, maxBatchesUnderWay: 2 });
  for (const name of ['a', 'b', 'c']) add(name);
  await eventually(() => expect(batches).toEqual([['a'], ['b']]));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(batches).toHaveLength(2);
  ends.shift()?.();
  await eventually(() => expect(batches).toHaveLength(3));
});

test('room is given back by what was run and by what was rejected', async () => {
  const { add, ends, rejected, batches, batcher } = setUp({ maxBatchWeight: 100 });
  for (let round = 0; round < 5; round += 1) {
    add('all', 100);
    add('too much');
    await eventually(() => expect(batches).toHaveLength(round + 1));
    ends.shift()?.();
    await batcher.idle();
  }
  expect(rejected).toEqual(Array.from({ length: 5 }, () => 'too much'));
});

test('no batch begins with what is in line behind a batch under way; others pass', async () => {
  const { add, batches, ends, batcher } = setUp({ maxBatchesUnderWay: 2 });
  add('first', 1, 'a', 'line');
  await eventually(() => expect(batches).toEqual([['first']]));
  add('second', 1, 'b', 'line');
  add('other', 1, 'c', 'elsewhere');
  await eventually(() => expect(batches).toEqual([['first'], ['other']]));
  ends.pop()?.();
  add('third', 1, 'd', 'line');
  add('free', 1, 'e');
  await eventually(() => expect(batches).toEqual([['first'], ['other'], ['free']]));
  for (const end of ends.splice(0)) end();
  await eventually(() => expect(batches.at(-1)).toEqual(['second', 'third']));
  ends.pop()?.();
  await batcher.idle();
});

test('what is in line behind a change of the line itself goes with the next batch', async () => {
  const { add, batches, ends } = setUp();
  add('before', 1, 'a', 'line');
  add('change', 1, 'line');
  add('after', 1, 'b', 'line');
  await eventually(() => expect(batches).toEqual([['before', 'change']]));
  ends.pop()?.();
  await eventually(() => expect(batches.at(-1)).toEqual(['after']));
});

describe('what has a deadline', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const turn = () => vi.advanceTimersByTimeAsync(1);
  const in200 = () => performance.now() + 200;

  test('or none, is rejected instead of being sent when it has waited for as long as anybody may', async () => {
    const { add, batches, ends, rejected } = setUp({ maxBatchWeight: 1, maxWaitMs: 10 });
    add('a');
    await turn();
    add('late');
    await vi.advanceTimersByTimeAsync(11);
    ends.shift()?.();
    await turn();
    expect(batches).toEqual([['a']]);
    expect(rejected).toEqual(['late']);
  });

  test('is rejected instead of being sent after half of its time', async () => {
    const { add, batches, ends, rejected } = setUp({ maxBatchWeight: 1 });
    add('a');
    await turn();
    add('gone', 1, undefined, undefined, in200());
    add('patient', 1, undefined, undefined, in200() + 1000);
    await vi.advanceTimersByTimeAsync(110);
    ends.shift()?.();
    await turn();
    expect(rejected).toEqual(['gone']);
    expect(batches).toEqual([['a'], ['patient']]);
  });

  test('is rejected also while it is held back by its line, and gives its room back', async () => {
    const { add, batches, rejected, ends } = setUp({ maxBatchesUnderWay: 2, maxQueuedWeight: 2 });
    add('first', 1, 'a', 'line');
    await turn();
    add('behind', 1, 'b', 'line', in200());
    await vi.advanceTimersByTimeAsync(110);
    add('other', 1, 'c');
    await turn();
    expect(rejected).toEqual(['behind']);
    expect(batches).toEqual([['first'], ['other']]);
    add('two', 2);
    for (const end of ends.splice(0)) end();
    await turn();
    expect(batches.at(-1)).toEqual(['two']);
  });
});
