import type { EventStore, LogBatch, SubscribeOptions } from '../../platform/event-store/event-store.ts';
import { ScriptedLog } from './scripted-log.ts';

/** A log of which subscribers get this many batches each, and the others once it is let go. */
export class HeldLog extends ScriptedLog implements EventStore {
  readonly #batches: number;
  readonly #released = new AbortController();

  constructor(batches: number) {
    super();
    this.#batches = batches;
  }

  letGo(): void {
    this.#released.abort();
  }

  override async *subscribe(options: SubscribeOptions): AsyncGenerator<LogBatch> {
    let given = 0;
    for await (const batch of super.subscribe(options)) {
      if (given === this.#batches) await aborted(AbortSignal.any([options.signal, this.#released.signal]));
      if (options.signal.aborted) return;
      given += 1;
      yield batch;
    }
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
