import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { Clock } from '../../platform/clock.ts';
import type { LastSeen } from '../../platform/liveness/last-seen.ts';

/** Far more sign-ins than a gateway has at once. One that is forgotten costs a message when something comes of it again. */
const REMEMBERED = 50_000;

/** In one statement. */
const ROWS_AT_ONCE = 1000;

/** How often it is written who has done something. Shorter where tabs stop to count sooner. */
const LONGEST_WRITE_INTERVAL_MS = 30_000;

export interface ActivityOptions {
  readonly lastSeen: Pick<LastSeen, 'write'>;
  /** After so much silence the tabs of a sign-in do not count. */
  readonly limitMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Something came after a silence in which its tabs may have stopped to count, as far as is known here. */
  readonly onAwake: (loginId: string) => void;
}

/**
 * When something came last of each sign-in, through whichever of its tabs or requests. What is known is written for housekeeping, every
 * now and then and only if there is something new: neither who sits idle nor who is busy costs more than a row in an interval.
 *
 * Memory: a sign-in costs two small entries, of at most `REMEMBERED`.
 */
export class Activity {
  readonly #options: ActivityOptions;
  readonly #seen = new LRUCache<string, number>({ max: REMEMBERED });
  /** Not written yet. */
  readonly #unwritten = new LRUCache<string, number>({ max: REMEMBERED });
  readonly #intervalMs: number;
  readonly #timer: NodeJS.Timeout;
  #writing: Promise<void> | null = null;
  /** What came until then is written. */
  #writtenUntil: number;

  constructor(options: ActivityOptions) {
    this.#options = options;
    this.#intervalMs = Math.min(LONGEST_WRITE_INTERVAL_MS, options.limitMs / 4);
    this.#writtenUntil = options.clock().getTime();
    this.#timer = setInterval(() => void this.#write(), this.#intervalMs).unref();
  }

  /** A frame or a request has come, or a tab. */
  saw(loginId: string): void {
    const now = this.#options.clock().getTime();
    const before = this.#seen.get(loginId);
    this.#seen.set(loginId, now);
    this.#unwritten.set(loginId, now);
    if (before === undefined || now - before >= this.#options.limitMs / 2) this.#options.onAwake(loginId);
  }

  /** Another gateway saw something after a silence, and tells all. */
  heard(loginId: string): void {
    this.#seen.set(loginId, this.#options.clock().getTime());
  }

  /** What was told to other gateways may have got lost: all are told again, when something comes. */
  forget(): void {
    this.#seen.clear();
  }

  /** Writes what there is. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writing;
    await this.#write();
  }

  /** One at a time. What could not be written stays for the next one. */
  #write(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    const { lastSeen, limitMs, clock, logger, onAwake } = this.#options;
    const now = clock().getTime();
    const entries = [...this.#unwritten.entries()];
    try {
      for (let from = 0; from < entries.length; from += ROWS_AT_ONCE) {
        const some = entries.slice(from, from + ROWS_AT_ONCE);
        await lastSeen.write(some.map(([loginId, at]) => [loginId, new Date(at)]));
        for (const [loginId, at] of some)
          if (this.#unwritten.peek(loginId) === at) this.#unwritten.delete(loginId);
      }
    } catch (err) {
      logger.warn({ err }, 'it could not be written who has done something');
      return;
    }
    // Written so late, it may have been missed: they may have been taken for idle.
    const isLate = now - this.#writtenUntil > this.#intervalMs + limitMs / 4;
    this.#writtenUntil = now;
    if (isLate) for (const [loginId] of entries) onAwake(loginId);
  }
}
