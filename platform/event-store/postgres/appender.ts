import type pg from 'pg';
import {
  type AppendCondition,
  type AppendResult,
  assertAppendable,
  type NewEvent,
  NO_STREAM,
  type RecordedEvent,
} from '../event-store.ts';
import type { EventStoreMetrics } from '../metrics.ts';
import { Batcher } from './batcher.ts';
import type { Settings } from './options.ts';

interface PendingAppend extends Append {
  readonly weight: number;
  readonly key: string;
  readonly line: string | undefined;
  resolve(result: AppendResult): void;
  reject(error: Error): void;
}

export interface AppenderTold {
  /** What a statement has added to the log, in its order. */
  stored(events: readonly RecordedEvent[]): void;
  /** A statement was not answered, and may have added something. */
  unknown(): void;
}

/**
 * Group commit: appends gather while earlier ones are flushed, and share one statement. A statement commits by itself,
 * so a process that stalls or dies never holds the log's lock.
 */
export class Appender {
  readonly #pool: pg.Pool;
  readonly #metrics: EventStoreMetrics;
  readonly #batcher: Batcher<PendingAppend>;
  readonly #told: AppenderTold;

  constructor(pool: pg.Pool, settings: Settings, told: AppenderTold) {
    this.#pool = pool;
    this.#metrics = settings.metrics;
    this.#told = told;
    this.#batcher = new Batcher({
      maxBatchWeight: settings.maxBatchEvents,
      maxQueuedWeight: settings.maxQueuedEvents,
      maxBatchesUnderWay: settings.writeConnections,
      maxWaitMs: settings.timeoutMs,
      run: (batch) => this.#write(batch),
    });
  }

  async append(append: Append): Promise<AppendResult> {
    const { stream, expectedRevision, events, condition, deadline } = append;
    assertAppendable(stream, events, condition);
    return new Promise((resolve, reject) =>
      this.#batcher.add({
        stream,
        expectedRevision,
        events,
        condition,
        deadline,
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
    const sentAt = performance.now();
    const { rows } = await this.#pool.query<AppendedRow>(appendStatement(batch)).catch((error) => {
      this.#told.unknown();
      throw error;
    });
    this.#metrics.answered((performance.now() - sentAt) / 1000);
    this.#metrics.batched(rows.length);
    const results = appendResults(batch, rows);
    batch.forEach(({ resolve }, index) => {
      const result = results[index];
      if (result) resolve(result);
    });
    this.#told.stored(storedEvents(batch, rows));
  }
}

export interface Append {
  readonly stream: string;
  readonly expectedRevision: number;
  readonly events: readonly NewEvent[];
  readonly condition?: AppendCondition | undefined;
  /** By `performance.now()`. */
  readonly deadline?: number | undefined;
}

/** A row for each event: where it stands, null when it does not, and the revision that its stream was found at. */
export type AppendedRow = [position: bigint | null, actualRevision: number];

/** One call of `event_log.append`, whose doc says how parameters are written. */
export function appendStatement(appends: readonly Append[]): pg.QueryArrayConfig {
  const streams: string[] = [];
  const expected: number[] = [];
  const offsets: number[] = [];
  const ids: string[] = [];
  const types: string[] = [];
  const data: string[] = [];
  const metadata: string[] = [];
  const conditionStreams: string[] = [];
  const conditionRevisions: number[] = [];
  for (const append of appends)
    append.events.forEach(({ id, event, metadata: about }, offset) => {
      streams.push(append.stream);
      expected.push(append.expectedRevision);
      offsets.push(offset);
      ids.push(id);
      types.push(event.type);
      data.push(JSON.stringify(event.data));
      metadata.push(JSON.stringify(about));
      conditionStreams.push(append.condition?.stream ?? '');
      conditionRevisions.push(append.condition?.revision ?? NO_STREAM);
    });
  return {
    name: 'append',
    text: 'select * from event_log.append($1, $2, $3, $4, $5, $6, $7, $8, $9)',
    values: [
      streams.join('\n'),
      `{${expected.join()}}`,
      `{${offsets.join()}}`,
      `{${ids.join()}}`,
      types.join('\n'),
      data.join('\n'),
      metadata.join('\n'),
      conditionStreams.join('\n'),
      `{${conditionRevisions.join()}}`,
    ],
    rowMode: 'array',
  };
}

/** In the order of `appends`. */
export function appendResults(appends: readonly Append[], rows: readonly AppendedRow[]): AppendResult[] {
  let next = 0;
  return appends.map(({ expectedRevision, events }) => {
    const own = rows.slice(next, next + events.length);
    next += events.length;
    const decisive = own.find(([position]) => position === null) ?? own.at(-1);
    if (!decisive) throw new Error('fewer rows than events');
    const [position, actualRevision] = decisive;
    if (position !== null) return { outcome: 'appended', position };
    return actualRevision === expectedRevision
      ? { outcome: 'outdated' }
      : { outcome: 'conflict', actualRevision };
  });
}

/** Those events of `appends` that these rows say are new in the log, in its order. */
export function storedEvents(appends: readonly Append[], rows: readonly AppendedRow[]): RecordedEvent[] {
  const stored: RecordedEvent[] = [];
  let next = 0;
  for (const { stream, expectedRevision, events } of appends)
    events.forEach(({ id, event, metadata }, offset) => {
      const [position, actualRevision] = rows[next++] ?? [null];
      if (position === null || actualRevision !== expectedRevision) return;
      stored.push({ position, stream, revision: expectedRevision + 1 + offset, id, event, metadata });
    });
  return stored;
}
