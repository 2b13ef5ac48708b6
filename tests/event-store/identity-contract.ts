import { expect, test } from 'vitest';
import { EventStoreUnavailable } from '../../platform/event-store/event-store.ts';
import type { Stores } from './event-store-contract.ts';
import { watch } from './reading.ts';

export function identityContract(stores: Stores): void {
  test('is the same for all who ask, also at the same time and before anybody has, and after a new start', async () => {
    const opened = await Promise.all(Array.from({ length: 5 }, () => stores.open()));
    const answers = await Promise.all(opened.flatMap((store) => [store.identity(), store.identity()]));
    expect(answers[0]).toMatch(/^[1-9]\d{0,9}$/);
    expect(new Set(answers).size).toBe(1);
    await Promise.all(opened.map((store) => store.close()));
    expect(await (await stores.open()).identity()).toBe(answers[0]);
  });

  test('is another one once it was renewed, for all', async () => {
    const [one, other] = [await stores.open(), await stores.open()];
    const before = await one.identity();
    const renewed = await other.renewIdentity();
    expect(renewed).not.toBe(before);
    expect(await one.identity()).toBe(renewed);
  });

  test('that is renewed by several at once is one that all agree on', async () => {
    const opened = await Promise.all(Array.from({ length: 5 }, () => stores.open()));
    const before = await opened[0]?.identity();
    await Promise.all(opened.map((store) => store.renewIdentity()));
    const answers = await Promise.all(opened.map((store) => store.identity()));
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).not.toBe(before);
  });

  test('is no event that a subscriber sees', async () => {
    const store = await stores.open();
    await store.renewIdentity();
    const watcher = watch(store, { after: stores.begin(), prefixes: [] });
    await expect.poll(() => watcher.batches.at(-1)?.caughtUp).toBe(true);
    const seen = watcher.batches.flatMap(({ events }) => events.map(({ event }) => event.type));
    expect(seen).not.toContain('LogIdentityGiven');
    await watcher.stop();
  });

  test('cannot be had of a store that is closed', async () => {
    const store = await stores.open();
    await store.close();
    await expect(store.identity()).rejects.toBeInstanceOf(EventStoreUnavailable);
    await expect(store.renewIdentity()).rejects.toBeInstanceOf(EventStoreUnavailable);
  });
}
