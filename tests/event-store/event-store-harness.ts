import type { EventStore } from '../../platform/event-store/event-store.ts';
import type { Retention } from '../../platform/event-store/retention.ts';

/** One store that a suite may fill; what others have put into it does no harm. */
export interface EventStoreHarness {
  /** A new instance of the adapter, as another process would open it. The suite closes those it opens. */
  openStore(retention?: Retention): Promise<EventStore>;
  /** See `Stores`. */
  scavenge?(): void;
  /** After all instances are closed. */
  stop(): Promise<void>;
}

export type OpenEventStoreHarness = () => Promise<EventStoreHarness>;
