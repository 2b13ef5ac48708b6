import pg from 'pg';
import type { LogBatch, RecordedEvent } from '../platform/event-store/event-store.ts';
import { numbers, texts } from '../read-models/columns.ts';
import { feed } from '../read-models/feed/room.ts';
import { type TableWrite, UnprojectableEvent } from '../read-models/room.ts';
import type { Folded, FoldedFrame } from './folding.ts';
import { landmarksAfter } from './landmarks.ts';
import type { Leadership } from './leadership.ts';
import { writeRows } from './write-rows.ts';

export interface ParkedEvent {
  readonly event: RecordedEvent;
  readonly reason: string;
}

export interface CarefulOptions {
  /** Resolves when users have certainly been told; without it nobody is told. */
  readonly tell?: (folded: Folded) => Promise<void>;
  /** An event has failed twice. Resolves when it is parked; what it rejects with ends the projecting there. */
  readonly onPoison: (parking: Parking) => Promise<void>;
}

export interface Parking extends ParkedEvent {
  /** Keeps it in `parked_events`, moves the checkpoint past it, and keeps what users were told of it. */
  park(): Promise<void>;
}

/** An event stands in the log from which nothing follows that the read models could hold. For operators: it says what to do. */
export class PoisonEvent extends Error {
  override readonly name = 'PoisonEvent';

  constructor({ event: { position, stream, event }, reason }: ParkedEvent) {
    super(
      `the event at position ${position} cannot be projected (${event.type} in ${stream}: ${reason}); mend that and start again, or do without it: where it is parked, by \`rally parked skip ${position}\``,
    );
  }
}

/**
 * Why the events are at fault rather than the database: it refused a value (22, 23), found it too big (54) or given
 * twice (21), or they could not be folded; repeating that changes nothing. null: the events are not at fault, whatever
 * failed: an I/O library throws a TypeError too.
 *
 * For logs and operators: without values, which the database's own messages quote.
 */
export function poisonReason(error: unknown): string | null {
  if (error instanceof pg.DatabaseError) {
    const code = error.code ?? '';
    return POISON_STATE.test(code) ? ['SQLSTATE', code, error.constraint].filter(Boolean).join(' ') : null;
  }
  return error instanceof UnprojectableEvent ? error.message : null;
}

const POISON_STATE = /^(21|22|23|54)/;

/** Loads, folds, tells, writes: all of the batch or nothing, one after the other. After a failure all is forgotten. */
export async function projectBatch(
  leadership: Leadership,
  { events, position, caughtUp }: LogBatch,
  tell?: (folded: Folded) => Promise<void>,
): Promise<void> {
  const { memory, client, log } = leadership;
  const filled = leadership.filled || caughtUp;
  try {
    await memory.load(client, events);
    const folded = memory.fold(events, log);
    if (filled && tell) {
      await tell(folded);
      leadership.published = position;
    }
    const landmarks = landmarksAfter(leadership.landmarks, events);
    await writeRows(leadership, memory.takeWrites(), { position, filled, landmarks });
    memory.written();
  } catch (error) {
    memory.forget();
    throw error;
  }
}

/**
 * Projects these events but those that cannot be: each half of a batch that fails is tried again, down to the single
 * event that fails twice. What becomes of that one is for `onPoison` to say; the rest goes on.
 * What is not the events' fault rejects.
 */
export async function projectCarefully(
  leadership: Leadership,
  batch: LogBatch,
  options: CarefulOptions,
): Promise<void> {
  const { events, position } = batch;
  const [first] = events;
  try {
    return await projectBatch(leadership, batch, options.tell);
  } catch (error) {
    if (!first || poisonReason(error) === null) throw error;
  }
  if (events.length === 1) return tryAgain(leadership, batch, first, options);
  const middle = Math.floor(events.length / 2);
  const [earlier, later] = [events.slice(0, middle), events.slice(middle)];
  const halfWay = { events: earlier, position: earlier.at(-1)?.position ?? position, caughtUp: false };
  await projectCarefully(leadership, halfWay, options);
  await projectCarefully(leadership, { ...batch, events: later }, options);
}

async function tryAgain(
  leadership: Leadership,
  batch: LogBatch,
  event: RecordedEvent,
  { tell, onPoison }: CarefulOptions,
): Promise<void> {
  let told: readonly FoldedFrame[] = [];
  try {
    return await projectBatch(leadership, batch, async (folded) => {
      told = folded.frames;
      await tell?.(folded);
    });
  } catch (error) {
    const reason = poisonReason(error);
    if (reason === null) throw error;
    await onPoison({ event, reason, park: () => park(leadership, batch, { event, reason }, told) });
  }
}

/** What users were told of an event that has no rows is kept for those who resume, whichever frames they are. */
async function park(
  leadership: Leadership,
  { position, caughtUp }: LogBatch,
  parked: ParkedEvent,
  told: readonly FoldedFrame[],
): Promise<void> {
  const kept = feed.open();
  for (const frame of told) kept.rows.keep(frame);
  const landmarks = landmarksAfter(leadership.landmarks, [parked.event]);
  const next = { position, filled: leadership.filled || caughtUp, landmarks };
  try {
    await writeRows(leadership, [...kept.takeWrites(), parkedRow(parked)], next);
  } catch (error) {
    if (poisonReason(error) === null) throw error;
    await writeRows(leadership, [parkedRow(parked)], next);
  }
}

function parkedRow({ event, reason }: ParkedEvent): TableWrite {
  const rows = [event];
  return {
    name: 'park',
    sql: `insert into parked_events (position, stream, type, reason) select r.* from fence, :rows r`,
    rows: rows.length,
    columns: [
      numbers('bigint', rows, ({ position }) => position),
      texts(rows, ({ stream }) => stream),
      texts(rows, (recorded) => recorded.event.type),
      texts(rows, () => reason),
    ],
  };
}
