import { type FramesTogether, type PresenceFrame, together } from './presence-frames.ts';

/** Whom one tab watches, and what it has to be told of them: the newest frame of each, so it is never longer than the list. */
export class WatchList {
  readonly keys: ReadonlySet<string>;
  readonly #pending = new Map<string, PresenceFrame>();
  /** Places of those that came since the list was made; null: it has been filled. */
  #heard: Map<string, bigint> | null = new Map();
  /** Whatever is so up to this place of the log the list was filled with. */
  #filledUpTo = -1n;

  constructor(keys: ReadonlySet<string>) {
    this.keys = keys;
  }

  get hasPending(): boolean {
    return this.#pending.size > 0;
  }

  /** Of somebody on the list. true: it takes the place of an older one. */
  hear(frame: PresenceFrame): boolean {
    if (frame.position <= this.#filledUpTo) return false;
    this.#heard?.set(frame.userKey, frame.position);
    const isReplaced = this.#pending.has(frame.userKey);
    this.#pending.set(frame.userKey, frame);
    return isReplaced;
  }

  /** What is so at one place of the log: what came of somebody before that place, or comes late, is older; what came from beyond it is newer. */
  fill(frames: readonly PresenceFrame[], upTo: bigint): void {
    for (const frame of frames)
      if ((this.#heard?.get(frame.userKey) ?? -1n) <= upTo) this.#pending.set(frame.userKey, frame);
    this.#heard = null;
    this.#filledUpTo = upTo;
  }

  /** At most `limit`: they are not pending any more. */
  take(limit: number): FramesTogether {
    const frames: PresenceFrame[] = [];
    for (const [key, frame] of this.#pending) {
      if (frames.length >= limit) break;
      this.#pending.delete(key);
      frames.push(frame);
    }
    return together(frames);
  }
}

/** Which lists a user is on. Its size is what the lists of all open tabs have together: `WATCHED_LIMIT` for each tab at most. */
export class WatchIndex {
  readonly #byUser = new Map<string, Set<WatchList>>();

  /** Users that somebody watches. */
  get size(): number {
    return this.#byUser.size;
  }

  add(list: WatchList): void {
    for (const key of list.keys) {
      const lists = this.#byUser.get(key);
      if (lists) lists.add(list);
      else this.#byUser.set(key, new Set([list]));
    }
  }

  remove(list: WatchList): void {
    for (const key of list.keys) {
      const lists = this.#byUser.get(key);
      if (lists?.delete(list) && lists.size === 0) this.#byUser.delete(key);
    }
  }

  on(userKey: string): Iterable<WatchList> {
    return this.#byUser.get(userKey) ?? [];
  }
}
