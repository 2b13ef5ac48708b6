import type { RecordedEvent } from '../platform/event-store/event-store.ts';
import { type Cursor, formatCursor } from '../protocol/cursor.ts';
import { eventText, replyText } from '../protocol/frame-texts.ts';
import type { PresenceState } from '../protocol/presence-states.ts';
import type { Audience } from '../protocol/pushes.ts';
import type { EventFrame, PresenceFrame } from '../protocol/server-frames.ts';
import type { CounterRows } from '../read-models/counters/room.ts';
import type { CounterName } from '../read-models/counters/tables.ts';
import { personIn } from '../read-models/feed/person-in.ts';
import type { FeedEntry, FeedRows } from '../read-models/feed/room.ts';
import type { Out } from '../read-models/room.ts';

/** What users are to be told of events, in their order. */
export interface Folded {
  readonly frames: readonly FoldedFrame[];
  /** Who came online or went offline. */
  readonly states: readonly PresenceState[];
}

/** A frame as all tabs of its audience get it. */
export class FoldedFrame implements FeedEntry {
  readonly to: Audience;
  readonly cursor: Cursor;
  readonly date: string;
  readonly #frame: EventFrame;
  #text: string | undefined;

  constructor(to: Audience, cursor: Cursor, date: string, frame: EventFrame) {
    this.to = to;
    this.cursor = cursor;
    this.date = date;
    this.#frame = frame;
  }

  /** For those who are told, and for the feed: where read models are only filled, most frames have neither. */
  get text(): string {
    this.#text ??= eventText(this.#frame, formatCursor(this.cursor));
    return this.#text;
  }

  get about(): string | null {
    return personIn(this.#frame);
  }
}

/** Where rooms put what follows from the events of one batch. What goes to counters or a feed that are not given is dropped. */
export class Folding implements Out, Folded {
  readonly frames: FoldedFrame[] = [];
  readonly states: PresenceState[] = [];
  readonly #log: string;
  readonly #feed: FeedRows | undefined;
  readonly #counters: CounterRows | undefined;
  #position = 0n;
  #date = '';
  #ordinal = 0;

  constructor(log: string, feed?: FeedRows, counters?: CounterRows) {
    this.#log = log;
    this.#feed = feed;
    this.#counters = counters;
  }

  /** All that is put here from now on follows from this event. */
  begin({ position, event }: RecordedEvent): void {
    this.#position = position;
    this.#date = event.data.date;
    this.#ordinal = 0;
  }

  frame(to: Audience, frame: EventFrame): void {
    const folded = this.#number(to, frame);
    this.#feed?.keep(folded);
  }

  rowFrame(to: Audience, frame: EventFrame): void {
    if (this.#ordinal > 0) throw new Error('a frame that is made from a row is the only one of its event');
    this.#number(to, frame);
  }

  presence(userKey: string, frame: PresenceFrame): void {
    this.states.push({ userKey, cursor: this.#cursor, text: replyText(frame) });
  }

  forget(userKey: string): void {
    this.#feed?.forget(userKey);
  }

  count(userKey: string, counter: CounterName, by: number): void {
    this.#counters?.add(userKey, counter, by);
  }

  #number(to: Audience, frame: EventFrame): FoldedFrame {
    const folded = new FoldedFrame(to, this.#cursor, this.#date, frame);
    this.#ordinal += 1;
    this.frames.push(folded);
    return folded;
  }

  get #cursor(): Cursor {
    return { position: this.#position, ordinal: this.#ordinal, log: this.#log };
  }
}
