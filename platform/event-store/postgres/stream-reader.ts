import type pg from 'pg';
import type { DomainEvent } from '../../../domain/domain-event.ts';
import type { ReadOptions, RecordedEvent } from '../event-store.ts';
import { Batcher } from './batcher.ts';
import type { Settings } from './options.ts';
import { EVENT_COLUMNS, type EventRow, recordedEvent } from './recorded-event.ts';

interface PendingRead {
  readonly stream: string;
  readonly limit: number;
  readonly weight: 1;
  readonly deadline: number | undefined;
  resolve(rows: EventRow[]): void;
  reject(error: Error): void;
}

/** Reads that are asked for together, or while earlier ones are under way, share one query. */
export class StreamReader {
  readonly #batchers: Record<ReadOptions['direction'], Batcher<PendingRead>>;

  constructor(pool: pg.Pool, settings: Settings) {
    const batcher = (direction: ReadOptions['direction']) =>
      new Batcher<PendingRead>({
        maxBatchWeight: settings.maxBatchReads,
        maxQueuedWeight: settings.maxQueuedReads,
        maxBatchesUnderWay: 1,
        maxWaitMs: settings.timeoutMs,
        run: (batch) => read(pool, direction, batch),
      });
    this.#batchers = { forwards: batcher('forwards'), backwards: batcher('backwards') };
  }

  async read<E extends DomainEvent>(
    stream: string,
    { direction, limit, deadline }: ReadOptions,
  ): Promise<RecordedEvent<E>[]> {
    const rows = await new Promise<EventRow[]>((resolve, reject) =>
      this.#batchers[direction].add({ stream, limit, weight: 1, deadline, resolve, reject }),
    );
    return rows.map((row) => recordedEvent<E>(row));
  }

  async idle(): Promise<void> {
    await Promise.all([this.#batchers.forwards.idle(), this.#batchers.backwards.idle()]);
  }
}

const SELECT = {
  forwards: selectStreams('asc'),
  backwards: selectStreams('desc'),
} as const;

function selectStreams(order: 'asc' | 'desc'): string {
  return `
    select asked.place, e.*
    from unnest($1::text[], $2::bigint[]) with ordinality as asked (stream, rows, place)
    cross join lateral (
      select ${EVENT_COLUMNS} from event_log.events e
      where e.stream = asked.stream order by e.revision ${order} limit asked.rows
    ) e
    order by asked.place, e.revision ${order}`;
}

async function read(
  pool: pg.Pool,
  direction: ReadOptions['direction'],
  batch: readonly PendingRead[],
): Promise<void> {
  const { rows } = await pool.query<[place: bigint, ...event: EventRow]>({
    name: direction,
    text: SELECT[direction],
    values: [batch.map(({ stream }) => stream), batch.map(({ limit }) => limit)],
    rowMode: 'array',
  });
  const found: EventRow[][] = batch.map(() => []);
  for (const [place, ...event] of rows) found[Number(place) - 1]?.push(event);
  for (const [index, { resolve }] of batch.entries()) resolve(found[index] ?? []);
}
