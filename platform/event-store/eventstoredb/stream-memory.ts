import { LRUCache } from 'lru-cache';
import { NO_STREAM } from '../event-store.ts';
import type { ScannedLog } from './scan-log.ts';

/** Streams; some two megabytes. */
const REMEMBERED = 10_000;

interface StreamEnd {
  readonly read: Promise<number>;
  /** By `performance.now()`: when the read began, at the latest. */
  readonly readAt: number;
  /** By scans, since the read began or before it ended. */
  seen: number;
}

/** Where streams ended when they were read, and what has been seen of them in the log since. */
export class StreamMemory implements ScannedLog {
  readonly #ends = new LRUCache<string, StreamEnd>({ max: REMEMBERED });
  #place: bigint;
  /** When the last scan that is over began, or this memory. */
  #knownAt = performance.now();
  #scannedAt = performance.now();

  /** `place` is in the log by now: what is read from here on knows all that stands before it. */
  constructor(place: bigint) {
    this.#place = place;
  }

  /** Where the next scan has to begin. */
  get place(): bigint {
    return this.#place;
  }

  /** The last scan has ended, or this memory has begun, longer ago: the next would have much to go through. */
  isOlderThan(ms: number): boolean {
    return performance.now() - this.#scannedAt > ms;
  }

  /** How long ago all that is remembered was known, in milliseconds. */
  get ageMs(): number {
    return performance.now() - this.#knownAt;
  }

  /** How long ago it was known last where the stream ended, in milliseconds; undefined: not remembered. */
  ageOf(stream: string): number | undefined {
    const end = this.#ends.peek(stream);
    return end && performance.now() - Math.max(end.readAt, this.#knownAt);
  }

  /** `read` has not begun before now. */
  remember(stream: string, read: Promise<number>): void {
    const end = { read, readAt: performance.now(), seen: NO_STREAM };
    this.#ends.set(stream, end);
    read.catch(() => {
      if (this.#ends.peek(stream) === end) this.#ends.delete(stream);
    });
  }

  /** The newest revision that is known; undefined: not remembered. Rejects as the read did. */
  revision(stream: string): Promise<number> | undefined {
    const end = this.#ends.get(stream);
    return end?.read.then((revision) => Math.max(revision, end.seen));
  }

  found(stream: string, revision: number): void {
    const end = this.#ends.peek(stream);
    if (end) end.seen = Math.max(end.seen, revision);
  }

  readUpTo(place: bigint): void {
    if (place > this.#place) this.#place = place;
  }

  /** A scan is over that began then, by `performance.now()`. */
  scanned(beganAt: number): void {
    this.#knownAt = beganAt;
    this.#scannedAt = performance.now();
  }
}
