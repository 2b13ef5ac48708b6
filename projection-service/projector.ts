import type { LogBatch } from '../platform/event-store/event-store.ts';
import type { Folded } from './folding.ts';
import { landmarksAfter } from './landmarks.ts';
import type { Leadership } from './leadership.ts';
import { type Checkpoint, writeRows } from './write-rows.ts';

export interface Written {
  readonly position: bigint;
  /** In this one write. */
  readonly events: number;
  /** Of the write, by `performance.now()`. */
  readonly startedAt: number;
  /** When the first of its batches was taken, and published, by `performance.now()`. */
  readonly takenAt: number;
  /** When the first batch was taken that has to be written next, by `performance.now()`; null: there is none yet. */
  readonly unwrittenSince: number | null;
}

export interface ProjectorOptions {
  /** Tells users what was folded; without it nobody is told. What it throws ends the projecting. */
  readonly publish?: (folded: Folded) => void;
  /** Resolves when all that was published before has left, and rejects when it may not have. */
  readonly flush?: () => Promise<void>;
  readonly onWritten?: (written: Written) => void;
  /** Writes begin at least this far apart, in milliseconds: few rows at a time cost most per row. */
  readonly writeEveryMs: number;
  /** Events that are folded and not written yet; beyond it no more are taken. */
  readonly unwrittenLimit: number;
}

/** An idle checkpoint follows the log in steps of this size: events of other streams are not worth a write each. */
const IDLE_STEP = 100_000n;

/** For how long a place is kept in mind that somebody waits for and that is not in the log yet. */
const WANTED_MS = 2000;

/**
 * Folds batches and tells users at once; their rows follow with the next write. What is told is in the log, so it needs no
 * row to be right. A write begins when all that its rows come from has certainly been told: whoever goes on from the
 * checkpoint, after whatever failure, has nothing to tell of what lies before it.
 */
export class Projector {
  readonly #leadership: Leadership;
  readonly #options: ProjectorOptions;
  readonly #broken = new AbortController();
  #folded: Checkpoint;
  #unwritten = 0;
  #writing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #startedAt = Number.NEGATIVE_INFINITY;
  /** Of what was folded and does not belong to a write yet. */
  #unwrittenSince: number | null = null;
  /** Up to there belongs to the last write, done or under way. */
  #taken: bigint;
  #isHurried = false;
  /** The next place beyond what was folded that somebody waits for. */
  #wanted: { readonly position: bigint; readonly until: number } | null = null;

  constructor(leadership: Leadership, options: ProjectorOptions) {
    this.#leadership = leadership;
    this.#options = options;
    const { position, filled, landmarks } = leadership;
    this.#folded = { position, filled, landmarks };
    this.#taken = position;
  }

  /** Aborts, with the error, when a write has failed: nothing that was folded since can be written any more. */
  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  /** Some of what was folded is not written yet. */
  get isBehind(): boolean {
    return this.#unwritten > 0;
  }

  /**
   * Resolves when users have been told, but while read models are filled for the first time: nobody waits for that. Waits while too
   * much is not written yet. Rejects as the database does, or with `UnprojectableEvent`.
   */
  async take({ events, position, caughtUp }: LogBatch): Promise<void> {
    while (this.#isFull(events.length)) await (this.#writing ?? this.#write());
    this.broken.throwIfAborted();
    const { memory, client, log } = this.#leadership;
    const filled = this.#folded.filled || caughtUp;
    try {
      await memory.load(client, events);
      const folded = memory.fold(events, log);
      this.broken.throwIfAborted();
      if (filled) this.#options.publish?.(folded);
    } catch (error) {
      // Half of a batch may have been folded: it must not be written.
      this.#broken.abort(error);
      throw error;
    }
    this.#folded = { position, filled, landmarks: landmarksAfter(this.#folded.landmarks, events) };
    if (filled) this.#leadership.published = position;
    this.#unwritten += events.length;
    if (events.length > 0) this.#unwrittenSince ??= performance.now();
    if (this.#wanted && position >= this.#wanted.position) {
      this.#isHurried ||= performance.now() < this.#wanted.until;
      this.#wanted = null;
    }
    this.#schedule();
  }

  /** Somebody waits until everything up to there is written. */
  hurry(position: bigint): void {
    if (position <= this.#taken) return;
    const now = performance.now();
    if (position <= this.#folded.position) this.#isHurried = true;
    else if (!this.#wanted || position < this.#wanted.position || now > this.#wanted.until)
      this.#wanted = { position, until: now + WANTED_MS };
    this.#schedule();
  }

  /** Resolves when everything that was folded is written; rejects when it cannot be. */
  async finish(): Promise<void> {
    while (this.#writing || this.#hasNews) await (this.#writing ?? this.#write());
    this.broken.throwIfAborted();
  }

  /** Begins no further write; resolves when the last one has ended, however. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#broken.abort(new Error('the projector has been stopped'));
    await this.#writing;
  }

  #isFull(more: number): boolean {
    const { unwrittenLimit } = this.#options;
    return !this.broken.aborted && this.#unwritten > 0 && this.#unwritten + more > unwrittenLimit;
  }

  get #hasNews(): boolean {
    const { position, filled } = this.#leadership;
    return !this.broken.aborted && (this.#folded.position > position || this.#folded.filled !== filled);
  }

  get #isWorthWriting(): boolean {
    const { position, filled } = this.#leadership;
    return (
      this.#unwritten > 0 ||
      this.#folded.filled !== filled ||
      this.#folded.position - position >= IDLE_STEP ||
      this.#isHurried
    );
  }

  #schedule(): void {
    if (this.#writing || !this.#hasNews || !this.#isWorthWriting) return;
    clearTimeout(this.#timer);
    const waitMs = this.#startedAt + this.#options.writeEveryMs - performance.now();
    if (waitMs <= 0 || this.#isHurried) void this.#write();
    else this.#timer = setTimeout(() => void this.#write(), waitMs);
  }

  /** Never rejects: a failure shows in `broken`. */
  #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#writing = this.#writeNow()
      .catch((error) => this.#broken.abort(error))
      .finally(() => {
        this.#writing = null;
        this.#schedule();
      });
    return this.#writing;
  }

  async #writeNow(): Promise<void> {
    const { memory } = this.#leadership;
    const [next, events, startedAt] = [this.#folded, this.#unwritten, performance.now()];
    const writes = memory.takeWrites();
    this.#startedAt = startedAt;
    this.#taken = next.position;
    const takenAt = this.#unwrittenSince ?? startedAt;
    this.#unwrittenSince = null;
    this.#isHurried = false;
    await this.#options.flush?.();
    await writeRows(this.#leadership, writes, next);
    memory.written();
    this.#unwritten -= events;
    const unwrittenSince = this.#unwrittenSince;
    this.#options.onWritten?.({ position: next.position, events, startedAt, takenAt, unwrittenSince });
  }
}

/** What was folded may not have reached anybody. */
export class NotPublished extends Error {
  override readonly name = 'NotPublished';
}
