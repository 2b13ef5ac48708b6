import pRetry from 'p-retry';
import type { Logger } from 'pino';
import type { Member } from '../../platform/liveness/members.ts';
import { backoffMs, pause } from '../../platform/pause.ts';
import { isUnavailable } from '../../platform/postgres/is-unavailable.ts';

export interface MembershipOptions {
  readonly createMember: (id: string) => Member;
  /** A member that has not beaten for so long may be expelled. */
  readonly leaseMs: number;
  readonly newId: () => string;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  readonly logger: Logger;
  /** It has been taken for dead: from now on it has another id, and what it has opened as the old one is dropped by others. */
  readonly onFenced: () => void;
  /** What is opened is answered for, from now on and again after each time that it was not. */
  readonly onAnsweredFor: () => void;
}

/** Each has but a part of a lease to succeed in. */
const JOIN_RETRIES = 2;

/** Beats in a lease. */
const BEATS = 3;

/**
 * One life of this gateway after the other. As long as it beats, its sessions count; when it cannot for a whole lease, whoever watches
 * may expel it, and drops them. It learns of that by its next beat.
 */
export class Membership {
  readonly #options: MembershipOptions;
  readonly #stopping = new AbortController();
  #id: string;
  #member: Member;
  #isJoined = false;
  /** Up to when nobody can have expelled it, by `now`. */
  #safeUntil = Number.NEGATIVE_INFINITY;
  #keeping: Promise<void> = Promise.resolve();

  constructor(options: MembershipOptions) {
    this.#options = options;
    this.#id = options.newId();
    this.#member = options.createMember(this.#id);
  }

  /** Of this life. */
  get gatewayId(): string {
    return this.#id;
  }

  /** What is opened now will be dropped by others if this gateway dies. After it was frozen, not before the next beat. */
  get isAnsweredFor(): boolean {
    return this.#options.now() < this.#safeUntil;
  }

  /** Beats from then on. Rejects with the database's error when it could not join; one that is busy is asked a few times. */
  async join(): Promise<void> {
    await pRetry(() => this.#beat(), {
      retries: JOIN_RETRIES,
      minTimeout: this.#options.leaseMs / 100,
      shouldRetry: ({ error }) => isUnavailable(error),
    });
    this.#keeping = this.#keepOn();
  }

  /** `orderly`: nothing is left to be dropped. Otherwise others drop it a lease from now. */
  async leave(orderly: boolean): Promise<void> {
    this.#stopping.abort();
    await this.#keeping;
    this.#safeUntil = Number.NEGATIVE_INFINITY;
    try {
      if (orderly) await this.#member.leave();
    } catch (err) {
      this.#options.logger.warn({ err }, 'this gateway could not leave, others will notice');
    }
  }

  async #keepOn(): Promise<void> {
    const { leaseMs, logger } = this.#options;
    const { signal } = this.#stopping;
    let failures = 0;
    await pause(leaseMs / BEATS, signal);
    while (!signal.aborted) {
      const began = this.#options.now();
      try {
        await this.#beat();
        if (failures > 0) logger.info('this gateway is known to live again');
        failures = 0;
        await pause(began + leaseMs / BEATS - this.#options.now(), signal);
      } catch (err) {
        if (failures === 0)
          logger[isUnavailable(err) ? 'warn' : 'error']({ err }, 'this gateway cannot say that it lives');
        await pause(backoffMs(failures, leaseMs / 100, leaseMs / 10), signal);
        failures += 1;
      }
    }
  }

  /** Joins when it is no member. */
  async #beat(): Promise<void> {
    const began = this.#options.now();
    if (this.#isJoined && !(await this.#member.beat())) this.#fence();
    if (!this.#isJoined) await this.#member.join();
    this.#isJoined = true;
    // Whoever watches cannot have seen this beat before it began. If that was long ago, nobody knows what has come after it.
    this.#safeUntil = began + this.#options.leaseMs;
    if (this.isAnsweredFor) this.#options.onAnsweredFor();
  }

  #fence(): void {
    const { createMember, newId, logger, onFenced } = this.#options;
    logger.warn({ gatewayId: this.#id }, 'this gateway was taken for dead: its tabs come again');
    this.#safeUntil = Number.NEGATIVE_INFINITY;
    this.#isJoined = false;
    this.#id = newId();
    this.#member = createMember(this.#id);
    onFenced();
  }
}
