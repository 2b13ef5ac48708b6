import type { RecordedEvent } from '../platform/event-store/event-store.ts';
import { isKnown } from '../platform/event-store/event-versions.ts';
import { type Cursor, formatCursor } from '../protocol/cursor.ts';
import { eventText, replyText } from '../protocol/frame-texts.ts';
import type { PresenceState } from '../protocol/presence-states.ts';
import type { Audience } from '../protocol/pushes.ts';
import type { EventFrame } from '../protocol/server-frames.ts';
import { counters } from '../read-models/counters/room.ts';
import { personIn } from '../read-models/feed/person-in.ts';
import { feed } from '../read-models/feed/room.ts';
import { EVENT_ROOMS, ROOMS } from '../read-models/registry.ts';
import {
  type Database,
  type EventType,
  fromEvents,
  type OpenRoom,
  type Out,
  type Room,
  type TableWrite,
} from '../read-models/room.ts';

/** A frame as all tabs of its audience get it. */
export interface FoldedFrame {
  readonly to: Audience;
  readonly cursor: Cursor;
  readonly text: string;
  /** See `FeedEntry`. */
  readonly about: string | null;
}

/** What users are to be told of events, in their order. */
export interface Folded {
  readonly frames: readonly FoldedFrame[];
  /** Who came online or went offline. */
  readonly states: readonly PresenceState[];
}

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
    const folded = { frames: [], states: [] };
    for (const recorded of events) fromEvents(() => this.#fold(recorded, log, folded));
    return folded;
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

  /** Of the parts of the next write those of the feed: what is taken here is not in it. */
  takeFeed(): readonly TableWrite[] {
    return this.#open.feed?.takeWrites() ?? [];
  }

  /** Parts of the next write. What is folded from now on belongs to the one after it. */
  takeWrites(): readonly TableWrite[] {
    return this.#open.all.flatMap((room) => room.takeWrites());
  }

  /** What was taken is in the database. */
  written(): void {
    for (const room of this.#open.all) room.written();
  }

  #fold(
    recorded: RecordedEvent,
    log: string,
    { frames, states }: { frames: FoldedFrame[]; states: PresenceState[] },
  ): void {
    const { event, position } = recorded;
    const { feed, counters, projecting } = this.#open;
    let ordinal = 0;
    const number = (to: Audience, frame: EventFrame): FoldedFrame => {
      const cursor = { position, ordinal, log };
      ordinal += 1;
      let text: string | undefined;
      const folded = {
        to,
        cursor,
        // For those who are told, and for the feed: where read models are only filled, most frames have neither.
        get text() {
          text ??= eventText(frame, formatCursor(cursor));
          return text;
        },
        get about() {
          return personIn(frame);
        },
      };
      frames.push(folded);
      return folded;
    };
    const out: Out = {
      frame(to, frame) {
        const folded = number(to, frame);
        feed?.rows.keep({ ...folded, date: event.data.date });
      },
      forget: (userKey) => feed?.rows.forget(userKey),
      rowFrame(to, frame) {
        if (ordinal > 0) throw new Error('a frame that is made from a row is the only one of its event');
        number(to, frame);
      },
      presence: (userKey, frame) =>
        states.push({ userKey, cursor: { position, ordinal, log }, text: replyText(frame) }),
      count: (userKey, counter, by) => counters?.rows.add(userKey, counter, by),
    };
    const rooms = projecting.get(event.type);
    if (!rooms && !isKnown(event)) this.#passedOver += 1;
    for (const room of rooms ?? []) room.project(recorded, out);
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
