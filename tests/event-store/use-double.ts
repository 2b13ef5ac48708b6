import { afterEach, beforeEach, onTestFinished } from 'vitest';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import {
  type EventStoreDbOptions,
  openEventStoreDb,
} from '../../platform/event-store/eventstoredb/open-eventstoredb.ts';
import { EventStoreDbDouble } from '../eventstoredb-double/double.ts';

/** A new double for each test of a file. */
export function useDouble() {
  let double: EventStoreDbDouble;
  beforeEach(async () => {
    double = new EventStoreDbDouble();
    await double.start();
  });
  afterEach(() => double.kill());

  return {
    get double() {
      return double;
    },
    /** Closed when the test is over. */
    openStore(options: Partial<EventStoreDbOptions> = {}): EventStore {
      const store = openEventStoreDb({ url: double.url, ...options });
      onTestFinished(() => store.close());
      return store;
    },
  };
}
