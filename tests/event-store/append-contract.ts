import { expect, test } from 'vitest';
import { NO_STREAM } from '../../platform/event-store/event-store.ts';
import type { Stores } from './event-store-contract.ts';
import { freshStream, messageSent } from './events.ts';

export function appendContract(stores: Stores): void {
  test('appends to a new stream', async () => {
    const store = await stores.open();
    const stream = freshStream();
    const event = messageSent();
    const result = await store.append(stream, NO_STREAM, [event]);
    expect(result).toEqual({ outcome: 'appended', position: expect.any(BigInt) });
    expect(await store.readStream(stream, { direction: 'forwards', limit: 10 })).toEqual([
      { ...event, stream, revision: 0, position: expect.any(BigInt) },
    ]);
  });
}
