import type { EventStore, LogBatch } from './event-store.ts';
import { upcast } from './event-versions.ts';

/** The same store, whose readers see every event in the newest version of its type. */
export const inNewestVersions = (store: EventStore): EventStore => ({
  append: (stream, expectedRevision, events, condition, deadline) =>
    store.append(stream, expectedRevision, events, condition, deadline),
  commitWait: () => store.commitWait(),
  async readStream(stream, options) {
    const events = await store.readStream(stream, options);
    return events.map((event) => upcast(event));
  },
  async readAt(position, options) {
    const event = await store.readAt(position, options);
    return event && upcast(event);
  },
  end: () => store.end(),
  subscribe: (options) => newest(store.subscribe(options)),
  identity: () => store.identity(),
  renewIdentity: () => store.renewIdentity(),
  close: () => store.close(),
});

async function* newest(batches: AsyncIterable<LogBatch>): AsyncGenerator<LogBatch, void, undefined> {
  for await (const batch of batches) yield { ...batch, events: batch.events.map((event) => upcast(event)) };
}
