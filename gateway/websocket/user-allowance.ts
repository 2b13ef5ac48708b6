import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';
import { FrameRate } from '../frame-rate.ts';

/** All tabs of a user together may send so many times the frames of one: several may send at once what waited in them. */
const FRAMES_FACTOR = 5;

/** Of one user; each asks the database for the end of the feed at least. */
const JOINS_AT_ONCE = 2;

const SECOND_MS = 1000;

export interface UserLimits {
  /** Frames of one socket in a second. */
  readonly framesPerSecond: number;
  /** Looks of one user's sockets, within a second, at what they missed. */
  readonly resumesPerSecond: number;
}

/** A tab on its way to its welcome. */
export interface Join {
  readonly isResume: boolean;
  /** Asked when its turn has come: false for a tab that has gone meanwhile. */
  isWanted(): boolean;
  work(): Promise<void>;
}

/** What the tabs of one user may do together. Most users sit idle, so what only a busy one needs comes when needed. */
export class UserAllowance {
  readonly #limits: UserLimits;
  #frames: FrameRate | null = null;
  #line: JoinLine | null = null;

  constructor(limits: UserLimits) {
    this.#limits = limits;
  }

  /** Counts a frame of any of the tabs; true when it is one too many in the second that ends at `now`. */
  isExceededAt(now: number): boolean {
    this.#frames ??= new FrameRate(this.#limits.framesPerSecond * FRAMES_FACTOR);
    return this.#frames.isExceededAt(now);
  }

  /** The next resume would have to wait until another one is a second old. */
  get isResumingFast(): boolean {
    return this.#line !== null && this.#line.inASecond.activeCount >= this.#limits.resumesPerSecond;
  }

  /**
   * Does the join's work when its turn has come; one that nobody wants any more takes no turn. So a client that connects
   * again and again waits for itself, and nobody else does. Settles as the work does.
   */
  join({ isResume, isWanted, work }: Join): Promise<void> {
    this.#line ??= {
      inASecond: pLimit(this.#limits.resumesPerSecond),
      atOnce: pLimit(JOINS_AT_ONCE),
      size: 0,
    };
    const line = this.#line;
    line.size += 1;
    const inTurn = () => line.atOnce(async () => (isWanted() ? work() : undefined));
    return new Promise((resolve, reject) => {
      const done = isResume
        ? line.inASecond(async () => {
            if (!isWanted()) return resolve();
            await Promise.all([inTurn().then(resolve, reject), pause(SECOND_MS, undefined, { ref: false })]);
          })
        : inTurn().then(resolve, reject);
      void done.finally(() => {
        line.size -= 1;
        if (line.size === 0) this.#line = null;
      });
    });
  }
}

interface JoinLine {
  /** A resume keeps its place for a second at least: so no more than that begin in any second. */
  readonly inASecond: ReturnType<typeof pLimit>;
  readonly atOnce: ReturnType<typeof pLimit>;
  /** Joins that wait, are under way, or keep a place. */
  size: number;
}
