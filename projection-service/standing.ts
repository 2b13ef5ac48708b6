import type { ProjectionMetrics } from './metrics.ts';
import type { Written } from './projector.ts';

/** How the service stands, for health and metrics. Times are those of `performance.now()`. */
export class Standing {
  readonly #metrics: ProjectionMetrics;
  #trouble: string | null = 'starting';
  #behindSince: number | null = null;

  constructor(metrics: ProjectionMetrics) {
    this.#metrics = metrics;
    metrics.behindSeconds.set(0);
  }

  /** `trouble`: with whoever leads; null: there is none. */
  following(trouble: string | null): void {
    this.#trouble = trouble;
    this.#behindSince = null;
    this.#metrics.leading.set(0);
  }

  leading(position: bigint): void {
    this.#trouble = null;
    this.#metrics.leading.set(1);
    this.#metrics.position.set(Number(position));
  }

  failed(trouble: string): void {
    this.#trouble = trouble;
    this.#metrics.leading.set(0);
  }

  /** Takes a batch; what it says of the end of the log counts once everything is written. */
  taking(): void {
    this.#behindSince ??= performance.now();
  }

  /** `caughtUp`: the last batch that was taken reached the end of the log. */
  written(written: Written & { readonly caughtUp: boolean }): void {
    const now = performance.now();
    if (written.caughtUp) this.#behindSince = written.unwrittenSince;
    this.#metrics.position.set(Number(written.position));
    this.#metrics.behindSeconds.set(this.#behindMs(now) / 1000);
    if (written.events === 0) return;
    this.#metrics.batchEvents.observe(written.events);
    this.#metrics.batchSeconds.observe((now - written.startedAt) / 1000);
  }

  /** Has taken a batch in which there was nothing to write. */
  caughtUp(): void {
    this.#behindSince = null;
    this.#metrics.behindSeconds.set(0);
  }

  /** Why it neither follows nor leads; null: it does. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** Whether the log has been ahead for longer than `limitMs`, in words; null: it has not. */
  behind(limitMs: number): string | null {
    const behindMs = this.#behindMs(performance.now());
    return behindMs > limitMs ? `behind the log for ${Math.round(behindMs / 1000)} s` : null;
  }

  #behindMs(now: number): number {
    return this.#behindSince === null ? 0 : now - this.#behindSince;
  }
}
