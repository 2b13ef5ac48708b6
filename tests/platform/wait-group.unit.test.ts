import { expect, it } from 'vitest';
import { WaitGroup } from '../../platform/wait-group.ts';

it('waits for nothing when nothing is under way', async () => {
  await new WaitGroup().wait();
});

it('waits until the last one is done, and then tells all who wait', async () => {
  const group = new WaitGroup();
  group.add(2);
  const told: string[] = [];
  const waiting = [
    group.wait().then(() => told.push('one')),
    group.wait(60_000).then(() => told.push('other')),
  ];
  group.done();
  await new Promise(setImmediate);
  expect(told).toEqual([]);
  group.done();
  await Promise.all(waiting);
  expect(told).toEqual(['one', 'other']);
});

it('waits no longer than its patience', async () => {
  const group = new WaitGroup();
  group.add();
  await group.wait(1);
  expect(group.underWay).toBe(1);
});
