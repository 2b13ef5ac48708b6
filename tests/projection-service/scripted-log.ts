import { EventEmitter, once } from 'node:events';
import {
  type EventStore,
  EventStoreUnavailable,
  type LogBatch,
  type RecordedEvent,
  type SubscribeOptions,
} from '../../platform/event-store/event-store.ts';

/** The identity of logs in tests. */
export const TEST_LOG = '7';

/** A log that a test writes event by event; it can be subscribed to, and asked for places. */
export class ScriptedLog implements EventStore {
  log = TEST_LOG;
  /** Nobody can ask for its identity. */
  away = false;
  readonly #events: RecordedEvent[] = [];
  readonly #changes = new EventEmitter().setMaxListeners(100);

  write(events: readonly RecordedEvent[]): void {
    this.#events.push(...events);
    this.#changes.emit('written');
  }

  async *subscribe({ after, batchSize, signal }: SubscribeOptions): AsyncGenerator<LogBatch> {
    let position = after;
    let told = false;
    while (!signal.aborted) {
      const waiting = this.#events.filter((event) => event.position > position);
      const events = waiting.slice(0, batchSize);
      const caughtUp = events.length === waiting.length;
      position = events.at(-1)?.position ?? position;
      if (events.length > 0 || !told) yield { events, position, caughtUp };
      told = true;
      if (caughtUp && !signal.aborted && this.#events.every((event) => event.position <= position)) {
        await once(this.#changes, 'written', { signal }).catch(() => {});
      }
    }
  }

  async identity(): Promise<string> {
    if (this.away) throw new EventStoreUnavailable('away');
    return this.log;
  }

  async renewIdentity(): Promise<string> {
    this.log = String(Number(this.log) + 1);
    return this.log;
  }

  async commitWait(): Promise<void> {}

  async end(): Promise<bigint> {
    return this.#events.at(-1)?.position ?? -1n;
  }

  append(): Promise<never> {
    return Promise.reject(new Error('not for writing'));
  }

  readStream(): Promise<never> {
    return Promise.reject(new Error('not for reading streams'));
  }

  async readAt(position: bigint): Promise<RecordedEvent | null> {
    return this.#events.find((event) => event.position === position) ?? null;
  }

  async close(): Promise<void> {}
}
