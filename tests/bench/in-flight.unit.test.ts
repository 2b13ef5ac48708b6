import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { InFlight } from '../../bench/limit-loop/on-eventstoredb/in-flight.ts';

describe('tasks in flight', () => {
  let started: string[];
  let finish: Map<string, () => void>;
  let inFlight: InFlight;
  beforeEach(() => {
    started = [];
    finish = new Map();
    inFlight = new InFlight(2);
  });
  /** `a1` is in line `a`. */
  const add = (...names: string[]) => {
    for (const name of names)
      inFlight.add(name.charAt(0), () => {
        started.push(name);
        return new Promise((resolve) => finish.set(name, resolve));
      });
    return turn();
  };
  const finished = (name: string) => {
    finish.get(name)?.();
    return turn();
  };

  it('are at most so many, the others follow in their order', async () => {
    await add('a', 'b', 'c', 'd');
    expect(started).toEqual(['a', 'b']);
    await finished('b');
    expect(started).toEqual(['a', 'b', 'c']);
    await finished('a');
    expect(started).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are one of each line, and no line waits for another', async () => {
    await add('a1', 'a2', 'b1', 'b2');
    expect(started).toEqual(['a1', 'b1']);
    await finished('b1');
    expect(started).toEqual(['a1', 'b1', 'b2']);
    await finished('b2');
    await finished('a1');
    expect(started).toEqual(['a1', 'b1', 'b2', 'a2']);
  });
});
