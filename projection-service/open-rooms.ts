import type { RecordedEvent } from '../platform/event-store/event-store.ts';
import { isKnown } from '../platform/event-store/event-versions.ts';
import { counters } from '../read-models/counters/room.ts';
import { feed } from '../read-models/feed/room.ts';
import { EVENT_ROOMS, ROOMS } from '../read-models/registry.ts';
import {
  type Database,
  type EventType,
  fromEvents,
  type OpenRoom,
  type Room,
  type TableWrite,
} from '../read-models/room.ts';
import { type Folded, Folding } from './folding.ts';

/**
 * What a leader remembers of all rooms, or of some with all that these need, and what has changed in them since the last write. What is
 * put out to counters and feed that are not among them is dropped. Nobody else writes their rows.
 * After a failure nobody knows what stands in the database, and what was folded meanwhile rests on it: all of it has to be
 * forgotten, and the log read again from the checkpoint.
 */
export class OpenRooms {
  readonly #rooms: ReadonlySet<Room>;
  #open: Opened;
  #passedOver = 0;

  constructor(rooms: readonly Room[] = ROOMS) {
    this.#rooms = new Set(rooms);
    this.#open = openAll(this.#rooms);
  }

  forget(): void {
    this.#open = openAll(this.#rooms);
  }

  /** What these events build on. Rejects as the database does. */
  async load(database: Database, events: readonly RecordedEvent[]): Promise<void> {
    for (const room of this.#open.all) await room.load(database, events);
  }

  /**
   * What these events of `log`, in its order, do to the rows, and what users have to be told of them. Throws
   * `UnprojectableEvent`; then all has to be forgotten.
   */
  fold(events: readonly RecordedEvent[], log: string): Folded {
    const { feed, counters } = this.#open;
    const folding = new Folding(log, feed?.rows, counters?.rows);
    for (const recorded of events) fromEvents(() => this.#fold(recorded, folding));
    return folding;
  }

  /**
   * How many events were folded since the last call whose type nobody here knows: a later version has written them, and was rolled
   * back. They change nothing.
   */
  takePassedOver(): number {
    const passedOver = this.#passedOver;
    this.#passedOver = 0;
    return passedOver;
  }

  /** Of the parts of the next write those of the feed, by what they do there: what is taken here is not in it. */
  takeFeed(): { readonly forgetting: readonly TableWrite[]; readonly keeping: readonly TableWrite[] } {
    const { feed } = this.#open;
    return { forgetting: feed?.rows.takeForgetting() ?? [], keeping: feed?.takeWrites() ?? [] };
  }

  /** Parts of the next write. What is folded from now on belongs to the one after it. */
  takeWrites(): readonly TableWrite[] {
    return this.#open.all.flatMap((room) => room.takeWrites());
  }

  /** What was taken is in the database. */
  written(): void {
    for (const room of this.#open.all) room.written();
  }

  #fold(recorded: RecordedEvent, folding: Folding): void {
    const { event } = recorded;
    folding.begin(recorded);
    const rooms = this.#open.projecting.get(event.type);
    if (!rooms && !isKnown(event)) this.#passedOver += 1;
    for (const room of rooms ?? []) room.project(recorded, folding);
  }
}

type Opened = ReturnType<typeof openAll>;

function openAll(rooms: ReadonlySet<Room>) {
  const together = {};
  const projecting = new Map<EventType, OpenRoom[]>();
  const all: OpenRoom[] = [];
  for (const room of EVENT_ROOMS) {
    if (!rooms.has(room)) continue;
    const open: OpenRoom = room.open(together);
    for (const type of room.projects) projecting.set(type, [...(projecting.get(type) ?? []), open]);
    all.push(open);
  }
  const sinks = {
    counters: rooms.has(counters) ? counters.open() : null,
    feed: rooms.has(feed) ? feed.open() : null,
  };
  all.push(...[sinks.counters, sinks.feed].filter((sink) => sink !== null));
  return { ...sinks, projecting, all };
}
