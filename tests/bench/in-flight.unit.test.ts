import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { InFlight } from '../../bench/limit-loop/on-eventstoredb/in-flight.ts';

it('keeps so many tasks under way and starts the others in their order', async () => {
  const inFlight = new InFlight(2);
  const started: number[] = [];
  const finish: (() => void)[] = [];
  for (let number = 0; number < 5; number += 1) {
    inFlight.add(() => {
      started.push(number);
      return new Promise((resolve) => finish.push(resolve));
    });
  }
  expect(started).toEqual([0, 1]);
  finish[1]?.();
  await turn();
  expect(started).toEqual([0, 1, 2]);
  finish[0]?.();
  finish[2]?.();
  await turn();
  expect(started).toEqual([0, 1, 2, 3, 4]);
});
