import type pg from 'pg';
import { type AppendResult, assertAppendable, type RecordedEvent } from '../event-store.ts';
import {
  type Append,
  type AppendedRow,
  appendResults,
  appendStatement,
  storedEvents,
} from './append-statement.ts';
import { Batcher } from './batcher.ts';
import type { Settings } from './options.ts';

interface PendingAppend extends Append {
  readonly weight: number;
  readonly key: string;
  readonly line: string | undefined;
  resolve(result: AppendResult): void;
  reject(error: Error): void;
}

/**
 * Group commit: appends gather while earlier ones are flushed, and share one statement. A statement commits by itself,
 * so a process that stalls or dies never holds the log's lock.
 */
export class Appender {
  readonly #pool: pg.Pool;
  readonly #batcher: Batcher<PendingAppend>;
  readonly #onStored: (events: readonly RecordedEvent[]) => void;

  /** `onStored` is told what each statement has added to the log, in its order. */
  constructor(pool: pg.Pool, settings: Settings, onStored: (events: readonly RecordedEvent[]) => void) {
    this.#pool = pool;
    this.#onStored = onStored;
    this.#batcher = new Batcher({
      maxBatchWeight: settings.maxBatchEvents,
      maxQueuedWeight: settings.maxQueuedEvents,
      maxBatchesUnderWay: settings.writeConnections,
      maxWaitMs: settings.timeoutMs,
      run: (batch) => this.#write(batch),
    });
  }

  async append(append: Append): Promise<AppendResult> {
    const { stream, events, condition } = append;
    assertAppendable(stream, events, condition);
    return new Promise((resolve, reject) =>
      this.#batcher.add({
        ...append,
        weight: events.length,
        key: stream,
        line: condition?.stream,
        resolve,
        reject,
      }),
    );
  }

  idle(): Promise<void> {
    return this.#batcher.idle();
  }

  async #write(batch: readonly PendingAppend[]): Promise<void> {
    const { rows } = await this.#pool.query<AppendedRow>(appendStatement(batch));
    const results = appendResults(batch, rows);
    batch.forEach(({ resolve }, index) => {
      const result = results[index];
      if (result) resolve(result);
    });
    this.#onStored(storedEvents(batch, rows));
  }
}
