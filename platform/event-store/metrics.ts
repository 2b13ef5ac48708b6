import { Counter, Histogram, type Registry } from 'prom-client';

/** What an adapter tells of its work. */
export interface EventStoreMetrics {
  /** Events went to the server together: in PostgreSQL in one transaction, in EventStoreDB in one group. */
  batched(events: number): void;
  /** From sending to the answer: in PostgreSQL of a batch, in EventStoreDB of one append. */
  answered(seconds: number): void;
  /** A subscription ended, and is begun again. */
  interrupted(): void;
}

/** Where nobody looks. */
export const UNOBSERVED: EventStoreMetrics = { batched() {}, answered() {}, interrupted() {} };

export function createEventStoreMetrics(registry: Registry): EventStoreMetrics {
  const registers = [registry];
  const batches = new Histogram({
    name: 'rally_event_store_batch_events',
    help: 'Events that were sent to the event store together.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
    registers,
  });
  const appends = new Histogram({
    name: 'rally_event_store_append_duration_seconds',
    help: 'From sending events to the event store to its answer.',
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
    registers,
  });
  const interruptions = new Counter({
    name: 'rally_event_store_interruptions_total',
    help: 'Subscriptions to the log that were interrupted and resumed.',
    registers,
  });
  return {
    batched: (events) => batches.observe(events),
    answered: (seconds) => appends.observe(seconds),
    interrupted: () => interruptions.inc(),
  };
}
