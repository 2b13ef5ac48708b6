import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { type EventStore, NO_STREAM } from '../../platform/event-store/event-store.ts';
import type { Retention } from '../../platform/event-store/retention.ts';
import { appendContract } from './append-contract.ts';
import { closeContract } from './close-contract.ts';
import { conditionContract } from './condition-contract.ts';
import { contentContract } from './content-contract.ts';
import type { EventStoreHarness, OpenEventStoreHarness } from './event-store-harness.ts';
import { appended, freshStream, messageSent } from './events.ts';
import { idempotencyContract } from './idempotency-contract.ts';
import { identityContract } from './identity-contract.ts';
import { orderingContract } from './ordering-contract.ts';
import { placeContract } from './place-contract.ts';
import { readContract } from './read-contract.ts';
import { retentionContract } from './retention-contract.ts';
import { subscribeContract } from './subscribe-contract.ts';

/** What a group of tests works with. */
export interface Stores {
  /** Instances on the same store; closed after each test. */
  open(retention?: Retention): Promise<EventStore>;
  /** To subscribe after: all that was in the store before the suite, which may be much, is at or before this place. */
  begin(): bigint;
  /** What the retention leaves out has gone for good now, where that is a step of its own. */
  scavenge(): void;
}

/** Everything that the port promises, shown on one adapter. `open` is called once. */
export function describeEventStoreContract(name: string, open: OpenEventStoreHarness): void {
  describe(`${name} as an event store`, () => {
    let harness: EventStoreHarness;
    let opened: EventStore[] = [];
    let begin = -1n;
    const stores: Stores = {
      async open(retention) {
        const store = await harness.openStore(retention);
        opened.push(store);
        return store;
      },
      begin: () => begin,
      scavenge: () => harness.scavenge?.(),
    };

    beforeAll(async () => {
      harness = await open();
      const store = await harness.openStore();
      begin = await appended(store.append(freshStream(), NO_STREAM, [messageSent()]));
      await store.close();
    });
    afterEach(async () => {
      await Promise.all(opened.map((store) => store.close()));
      opened = [];
    });
    afterAll(() => harness?.stop());

    describe('append', () => appendContract(stores));
    describe('an append that rests on another stream', () => conditionContract(stores));
    describe('a repeated append', () => idempotencyContract(stores));
    describe('content', () => contentContract(stores));
    describe('reading a stream', () => readContract(stores));
    describe('reading a place', () => placeContract(stores));
    describe('subscribing', () => subscribeContract(stores));
    describe('order', () => orderingContract(stores));
    describe('retention', () => retentionContract(stores));
    describe('the identity of the log', () => identityContract(stores));
    describe('close', () => closeContract(stores));
  });
}
