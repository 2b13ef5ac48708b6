import type { LogBatch } from '../event-store.ts';
import { SubscriptionSilent } from './failures.ts';

/** Events may be on their way while the log is asked how far it is. */
const GRACE_MS = 500;

export interface WatchdogOptions {
  /** Place of the newest event in the log; rejects when the server does not answer. */
  readonly lastPlace: () => Promise<bigint>;
  readonly silenceMs: number;
}

/**
 * Finds a subscription that stays silent although it has something to say. That the log has moved proves nothing when
 * only events have come that the filter leaves out, so a suspicion costs a new subscription, but the same one only once.
 */
export class Watchdog {
  readonly #options: WatchdogOptions;
  #seen: bigint;
  #suspected = -1n;

  constructor(after: bigint, options: WatchdogOptions) {
    this.#seen = after;
    this.#options = options;
  }

  get silenceMs(): number {
    return this.#options.silenceMs;
  }

  /** A subscription that has caught up has looked at everything that was in the log when it began. */
  received(batch: LogBatch): void {
    const seen = batch.caughtUp && this.#suspected > batch.position ? this.#suspected : batch.position;
    if (seen > this.#seen) this.#seen = seen;
  }

  /** After a silence: what `next` brings after all, undefined when all is well. Throws when it should have brought something. */
  async check(
    live: boolean,
    next: (patienceMs: number) => Promise<LogBatch | undefined>,
  ): Promise<LogBatch | undefined> {
    const last = await this.#options.lastPlace();
    if (live && last <= this.#seen) return undefined;
    const late = await next(Math.min(GRACE_MS, this.#options.silenceMs));
    if (late) return late;
    this.#suspected = last;
    throw new SubscriptionSilent('a subscription fell silent');
  }
}
