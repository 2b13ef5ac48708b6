import type { RecordedEvent } from '../platform/event-store/event-store.ts';
import { numbers, type TableWrite, texts } from '../read-models/table-write.ts';
import { applyEvents } from './apply-events.ts';
import { type FeedFrame, noChanges } from './changes.ts';
import type { Leadership } from './leadership.ts';
import { poisonReason } from './poison.ts';
import { type Checkpoint, writeChanges } from './write-changes.ts';

export interface ParkedEvent {
  readonly event: RecordedEvent;
  readonly reason: string;
}

/**
 * Projects these events but those that cannot be: each half of a batch that fails is tried again, down to the single
 * event that fails twice. That one is kept in `parked_events` and told to `onParked`; the rest goes on.
 * What is not the events' fault rejects.
 */
export async function applyOrPark(
  leadership: Leadership,
  events: readonly RecordedEvent[],
  next: Checkpoint,
  onParked: (parked: ParkedEvent) => void,
): Promise<readonly FeedFrame[]> {
  const [first] = events;
  try {
    return await applyEvents(leadership, events, next);
  } catch (error) {
    if (!first || poisonReason(error) === null) throw error;
  }
  if (events.length === 1) return applyAgainOrPark(leadership, first, next, onParked);
  const middle = Math.floor(events.length / 2);
  const [earlier, later] = [events.slice(0, middle), events.slice(middle)];
  const halfWay = {
    ...next,
    position: earlier.at(-1)?.position ?? next.position,
    filled: leadership.filled,
  };
  return [
    ...(await applyOrPark(leadership, earlier, halfWay, onParked)),
    ...(await applyOrPark(leadership, later, next, onParked)),
  ];
}

async function applyAgainOrPark(
  leadership: Leadership,
  event: RecordedEvent,
  next: Checkpoint,
  onParked: (parked: ParkedEvent) => void,
): Promise<readonly FeedFrame[]> {
  try {
    return await applyEvents(leadership, [event], next);
  } catch (error) {
    const reason = poisonReason(error);
    if (reason === null) throw error;
    await writeChanges(leadership, noChanges(leadership.log), { ...next, lastEvent: event }, [
      park(event, reason),
    ]);
    onParked({ event, reason });
    return [];
  }
}

function park(event: RecordedEvent, reason: string): TableWrite {
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
