import type { EventStore } from '../../platform/event-store/event-store.ts';

/** One store that a suite may fill; what others have put into it does no harm. */
export interface EventStoreHarness {
  /** A new instance of the adapter, as another process would open it. The suite closes those it opens. */
  openStore(): Promise<EventStore>;
  /** After all instances are closed. */
  stop(): Promise<void>;
}

export type OpenEventStoreHarness = () => Promise<EventStoreHarness>;
