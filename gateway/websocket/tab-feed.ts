import { type Cursor, isAfter } from '../../protocol/cursor.ts';
import type { Hole, Push, PushOrHole } from '../../protocol/pushes.ts';

/** More live pushes than this are not kept while a replay is under way: they will be looked up. */
const HELD_LIMIT = 1000;

/** Ephemeral pushes are not kept behind so many others, as nobody may count on them: they must not make a look-up start again. */
const EPHEMERAL_LIMIT = 100;

/** What was published together, by a leader of the projection or by a gateway. */
export interface PublishedPushes {
  readonly epoch: bigint;
  readonly pushes: readonly PushOrHole[];
}

interface HeldPush {
  readonly epoch: bigint;
  readonly push: PushOrHole;
}

/**
 * How far one tab has come in what its user is sent: every push is let through once, in order.
 *
 * While what was missed is being looked up, live pushes are held, so that none overtakes it. A hint that some may have
 * been lost makes the look-up worthless (it may end before the lost one): `isWhole` says whether it has to be repeated.
 */
export class TabFeed {
  #last: Cursor | null;
  /** Of the newest leader that it heard: one that was replaced may publish late, and not all that it once published came here. */
  #epoch = 0n;
  #held: HeldPush[] | null = [];
  #isWhole = true;

  /** `after`: where the tab wants to go on; null: nowhere. */
  constructor(after: Cursor | null) {
    this.#last = after;
  }

  get last(): Cursor | null {
    return this.#last;
  }

  /** Nothing may have been lost since the last `beginLookUp`. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Pushes go out as they come. */
  get isLive(): boolean {
    return this.#held === null;
  }

  /** Pushes may have been lost. true: the tab was live, somebody has to look up what it missed. */
  interrupt(): boolean {
    const wasLive = this.isLive;
    this.#holdEphemeral();
    this.#isWhole = false;
    return wasLive;
  }

  /** A look-up starts, which will contain whatever has been pushed until now. */
  beginLookUp(): void {
    this.#holdEphemeral();
    this.#isWhole = true;
  }

  /** The tab has everything up to here, and the leader of this epoch publishes the rest; the texts that were held and are newer. */
  goLive(upTo: Cursor, epoch: bigint): readonly string[] {
    const held = this.#held ?? [];
    this.#last = upTo;
    this.#epoch = epoch;
    this.#held = null;
    return held.flatMap(({ epoch: of, push }) => this.take({ epoch: of, pushes: [push] }));
  }

  /** The texts to send now. An ephemeral push is one wherever it comes from: gateways publish them, too, which know of no leader. */
  take({ epoch, pushes }: PublishedPushes): readonly string[] {
    const texts: string[] = [];
    for (const push of pushes) {
      if (this.#held) this.#hold(this.#held, { epoch, push });
      else if (push.cursor === null || this.#isNext(push, epoch)) texts.push(push.text);
    }
    return texts;
  }

  /**
   * A hole is not, and interrupts: what follows it waits for the look-up. So does a push of another log, as after one was
   * restored: what the tab has is not of this one, and epochs say nothing of each other.
   */
  #isNext(push: Push | Hole, epoch: bigint): push is Push {
    const { cursor, text } = push;
    const isOfAnotherLog = this.#last !== null && cursor.log !== this.#last.log;
    if (!isOfAnotherLog && epoch < this.#epoch) return false;
    this.#epoch = epoch;
    if (this.#last && !isOfAnotherLog && !isAfter(cursor, this.#last)) return false;
    if (text === null || isOfAnotherLog) {
      this.interrupt();
      return false;
    }
    this.#last = cursor;
    return true;
  }

  #hold(held: HeldPush[], one: HeldPush): void {
    const { cursor, text } = one.push;
    if (cursor !== null && (text === null || held.length >= HELD_LIMIT)) this.interrupt();
    else if (cursor !== null || held.length < EPHEMERAL_LIMIT) held.push(one);
  }

  /** Everything else is looked up. */
  #holdEphemeral(): void {
    this.#held = (this.#held ?? []).filter(({ push }) => push.cursor === null);
  }
}
