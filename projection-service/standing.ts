import type { ProjectionMetrics } from './metrics.ts';
import type { Written } from './projector.ts';

/** How the service stands, for health and metrics. Times are those of `performance.now()`. */
export class Standing {
  readonly #metrics: ProjectionMetrics;
  #trouble: string | null = 'starting';
  #isLeading = false;
  #behindSince: number | null = null;
  /** Of this term: what an event takes of the log follows from it. */
  #beganAt = -1n;
  #writtenUpTo = -1n;
  #writtenEvents = 0;

  constructor(metrics: ProjectionMetrics) {
    this.#metrics = metrics;
  }

  /** `trouble`: with whoever leads; null: there is none. */
  following(trouble: string | null): void {
    this.#trouble = trouble;
    this.#behindSince = null;
    this.#lead(false);
  }

  leading(position: bigint): void {
    this.#trouble = null;
    this.#beganAt = position;
    this.#writtenUpTo = position;
    this.#writtenEvents = 0;
    this.#lead(true);
    this.#metrics.position.set(Number(position));
  }

  failed(trouble: string): void {
    this.#trouble = trouble;
    this.#lead(false);
  }

  /** Takes a batch; what it says of the end of the log counts once everything is written. */
  taking(): void {
    this.#behindSince ??= performance.now();
  }

  /** `caughtUp`: the last batch that was taken reached the end of the log. */
  written(written: Written & { readonly caughtUp: boolean }): void {
    const now = performance.now();
    if (written.caughtUp) this.#behindSince = written.unwrittenSince;
    this.#writtenUpTo = written.position;
    this.#writtenEvents += written.events;
    this.#metrics.position.set(Number(written.position));
    if (written.events === 0) return;
    this.#metrics.batchEvents.observe(written.events);
    this.#metrics.batchSeconds.observe((now - written.startedAt) / 1000);
    this.#metrics.gapSeconds.observe((now - written.takenAt) / 1000);
  }

  /** Has taken a batch in which there was nothing to write. */
  caughtUp(): void {
    this.#behindSince = null;
  }

  /** Why it neither follows nor leads; null: it does. */
  get trouble(): string | null {
    return this.#trouble;
  }

  get isLeading(): boolean {
    return this.#isLeading;
  }

  /** Whether the log has been ahead for longer than `limitMs`, in words; null: it has not. */
  behind(limitMs: number): string | null {
    const behindMs = this.#behindMs(performance.now());
    return behindMs > limitMs ? `behind the log for ${Math.round(behindMs / 1000)} s` : null;
  }

  get behindSeconds(): number {
    return this.#behindMs(performance.now()) / 1000;
  }

  /**
   * Events that the log has beyond what is written, when it ends at what `end` answers, which is only asked while there are some. Where
   * positions are bytes, by what the events of this term took; 1 while it has seen none. null: it cannot be said, as `end` does not answer, or
   * its term was interrupted.
   */
  async lagEvents(end: () => Promise<bigint | null>): Promise<number | null> {
    if (this.#behindSince === null) return 0;
    const last = this.#isLeading ? await end() : null;
    if (last === null) return null;
    const perEvent = Number(this.#writtenUpTo - this.#beganAt) / Math.max(this.#writtenEvents, 1);
    const positions = Number(last - this.#writtenUpTo);
    return positions <= 0 ? 0 : Math.max(1, Math.round(perEvent > 0 ? positions / perEvent : 1));
  }

  #lead(isLeading: boolean): void {
    this.#isLeading = isLeading;
    this.#metrics.leading.set(isLeading ? 1 : 0);
  }

  #behindMs(now: number): number {
    return this.#behindSince === null ? 0 : now - this.#behindSince;
  }
}
