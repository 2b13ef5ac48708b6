import type pg from 'pg';
import type { RecordedEvent } from '../event-store.ts';
import { Batcher } from './batcher.ts';
import type { Settings } from './options.ts';
import { EVENT_COLUMNS, type EventRow, recordedEvent } from './recorded-event.ts';

interface PendingRead {
  readonly position: bigint;
  readonly weight: 1;
  readonly deadline: number | undefined;
  resolve(row: EventRow | undefined): void;
  reject(error: Error): void;
}

/** The largest number that the column takes: beyond it no event stands. */
const LAST_PLACE = 2n ** 63n - 1n;

/** What is asked for together, or while an earlier query is under way, shares one query. */
export class PlaceReader {
  readonly #batcher: Batcher<PendingRead>;

  constructor(pool: pg.Pool, settings: Settings) {
    this.#batcher = new Batcher<PendingRead>({
      maxBatchWeight: settings.maxBatchReads,
      maxQueuedWeight: settings.maxQueuedReads,
      maxBatchesUnderWay: 1,
      maxWaitMs: settings.timeoutMs,
      run: (batch) => read(pool, batch),
    });
  }

  async read(position: bigint, deadline: number | undefined): Promise<RecordedEvent | null> {
    if (position < 0n || position > LAST_PLACE) return null;
    const row = await new Promise<EventRow | undefined>((resolve, reject) =>
      this.#batcher.add({ position, weight: 1, deadline, resolve, reject }),
    );
    return row ? recordedEvent(row) : null;
  }

  idle(): Promise<void> {
    return this.#batcher.idle();
  }
}

const SELECT = `select ${EVENT_COLUMNS} from event_log.events where position = any($1)`;

async function read(pool: pg.Pool, batch: readonly PendingRead[]): Promise<void> {
  const { rows } = await pool.query<EventRow>({
    name: 'places',
    text: SELECT,
    values: [batch.map(({ position }) => position)],
    rowMode: 'array',
  });
  const found = new Map(rows.map((row) => [row[0], row]));
  for (const { position, resolve } of batch) resolve(found.get(position));
}
