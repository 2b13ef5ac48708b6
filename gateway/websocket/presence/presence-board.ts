import { type FramesTogether, type PresenceFrame, together } from './presence-frames.ts';

interface Entry {
  readonly place: number;
  /** null: the user has a newer one. */
  frame: PresenceFrame | null;
}

/** What comes next at some place, and the place after it. */
export interface NextFrames extends FramesTogether {
  readonly end: number;
}

/**
 * Places whose frames are made ready together. All tabs stop at the same borders, so that those that came at different moments soon are at
 * the same places.
 */
const SHEET = 50;

/** So many sheets are kept while nothing changes: half a megabyte. */
const SHEETS_KEPT = 64;

/** So many entries without a frame are let be. */
const LEFT_BE = 64;

/**
 * The newest frame of each user that some tab may not have yet, in the order in which they came. All tabs that hear of everybody
 * share it: each keeps its place and nothing else, so one that is behind costs no more than the others, and those at the same place are
 * sent the same bytes. A frame that comes takes the one before it of the same user away: who has not had that yet never gets it.
 */
export class PresenceBoard {
  /** By their places. */
  #entries: Entry[] = [];
  readonly #byUser = new Map<string, Entry>();
  /** By the places of their first frames, until something changes. */
  readonly #sheets = new Map<number, NextFrames>();
  #end = 0;

  /** The place of whoever has everything. */
  get end(): number {
    return this.#end;
  }

  /** Users that have a frame here. */
  get size(): number {
    return this.#byUser.size;
  }

  /** What is kept for them: twice as much at most, and some. */
  get entries(): number {
    return this.#entries.length;
  }

  /** true: it takes the place of an older one. One that is no newer than what is known of its user changes nothing. */
  put(frame: PresenceFrame): boolean {
    const former = this.#byUser.get(frame.userKey);
    if (former?.frame && former.frame.position >= frame.position) return false;
    if (former) former.frame = null;
    const entry = { place: this.#end, frame };
    this.#end += 1;
    this.#entries.push(entry);
    this.#byUser.set(frame.userKey, entry);
    this.#sheets.clear();
    if (this.#entries.length > 2 * this.size + LEFT_BE)
      this.#entries = this.#entries.filter((one) => one.frame !== null);
    return former !== undefined;
  }

  /** Whether anything comes after this place: the last one always has a frame. */
  hasAfter(place: number): boolean {
    const last = this.#entries.at(-1);
    return last !== undefined && last.place >= place;
  }

  /** At most `limit` frames, and at least one if there is any after this place. */
  after(place: number, limit: number): NextFrames {
    let first = this.#indexOf(place);
    while (this.#entries[first]?.frame === null) first += 1;
    const start = this.#entries[first]?.place ?? this.#end;
    const known = this.#sheets.get(start);
    if (known && known.count <= limit) return known;
    const next = this.#make(first, start - (start % SHEET) + SHEET, limit);
    if (next.count === limit) return next;
    if (this.#sheets.size >= SHEETS_KEPT) this.#sheets.clear();
    this.#sheets.set(start, next);
    return next;
  }

  /** Before it are so many frames. */
  placeAfter(count: number): number {
    let before = 0;
    for (const { place, frame } of this.#entries) {
      if (before >= count) return place;
      if (frame) before += 1;
    }
    return this.#end;
  }

  /** Everybody is at this place, or past it. */
  forgetBefore(place: number): void {
    for (const { frame } of this.#entries.splice(0, this.#indexOf(place)))
      if (frame) this.#byUser.delete(frame.userKey);
    this.#sheets.clear();
  }

  #make(first: number, border: number, limit: number): NextFrames {
    const frames: PresenceFrame[] = [];
    let index = first;
    let entry = this.#entries[index];
    for (; entry && entry.place < border && frames.length < limit; entry = this.#entries[index]) {
      if (entry.frame) frames.push(entry.frame);
      index += 1;
    }
    return { ...together(frames), end: Math.min(border, entry?.place ?? this.#end) };
  }

  /** Of the first entry at this place or after it. */
  #indexOf(place: number): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle]?.place ?? place) < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
