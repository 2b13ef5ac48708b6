import type pg from 'pg';
import {
  type AppendCondition,
  type AppendResult,
  type NewEvent,
  NO_STREAM,
  type RecordedEvent,
} from '../event-store.ts';

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
    events.forEach((event, offset) => {
      const [position, actualRevision] = rows[next++] ?? [null];
      if (position !== null && actualRevision === expectedRevision)
        stored.push({ ...event, position, stream, revision: expectedRevision + 1 + offset });
    });
  return stored;
}
