import type pg from 'pg';
import type { LogBatch } from '../event-store.ts';
import { failure } from './failure.ts';
import { EVENT_COLUMNS, type EventRow, recordedEvent } from './recorded-event.ts';

/** Positions at most that one query looks at: a filter that matches little must not make it read the whole log. */
const WINDOW = 10_000n;

/** One row at least, so that the end of the log is known, as of the same snapshot, when no event is there. */
const SELECT = `
  select log.last, e.*
  from (select coalesce(max(position), -1) as last from event_log.events) log
  left join (
    select ${EVENT_COLUMNS} from event_log.events
    where position > $1 and position <= $2 and ($3::text[] = '{}' or stream ^@ any ($3))
    order by position limit $4
  ) e on true
  order by e.position`;

export interface LogQuery {
  /** Exclusive. */
  readonly after: bigint;
  readonly prefixes: readonly string[];
  readonly limit: number;
}

type LogRow = [last: bigint, ...event: EventRow | [position: null]];

/**
 * The next events in the order of the log, at most `limit`, of streams that begin with one of `prefixes` (none given:
 * of all). There may be none although more follow: the answer's `position` is where to go on, and never falls.
 * Rejects with `EventStoreUnavailable` when the database is away.
 */
export async function readLog(pool: pg.Pool, { after, prefixes, limit }: LogQuery): Promise<LogBatch> {
  const end = after + WINDOW;
  const { rows } = await pool
    .query<LogRow>({
      name: 'log',
      text: SELECT,
      values: [after, end, prefixes, limit],
      rowMode: 'array',
    })
    .catch((error) => Promise.reject(failure(error)));
  const last = rows[0]?.[0] ?? after;
  const events = rows.flatMap(([, ...event]) => (event[0] === null ? [] : [recordedEvent(event)]));
  const seen = last < end ? last : end;
  const position = events.length < limit ? seen : (events.at(-1)?.position ?? after);
  return { events, position: position > after ? position : after, caughtUp: position >= last };
}
