import { type Cursor, isAfter } from '../../protocol/cursor.ts';
import type { PushOrHole } from '../../protocol/pushes.ts';

/** More live pushes than this are not kept while a replay is under way: they will be looked up. */
const HELD_LIMIT = 1000;

/** Ephemeral pushes are not kept behind so many others, as nobody may count on them: they must not make a look-up start again. */
const EPHEMERAL_LIMIT = 100;

/** What was published together, by a leader of the projection or by a gateway. */
export interface PublishedPushes<Item extends PushOrHole = PushOrHole> {
  readonly epoch: bigint;
  readonly pushes: readonly Item[];
}

interface HeldPush<Item> {
  readonly epoch: bigint;
  readonly push: Item;
}

/** All but a hole. */
type WithText<Item extends PushOrHole> = Item & { readonly text: string };

/**
 * How far one tab has come in what its user is sent, or a gateway in what is said of all: every push is let through once, in order.
 *
 * While what was missed is being looked up, live pushes are held, so that none overtakes it. A hint that some may have
 * been lost makes the look-up worthless (it may end before the lost one): `isWhole` says whether it has to be repeated.
 */
export class TabFeed<Item extends PushOrHole, Passed> {
  readonly #passed: (push: WithText<Item>) => Passed;
  #last: Cursor | null;
  /** Of the newest leader that it heard: one that was replaced may publish late, and not all that it once published came here. */
  #epoch = 0n;
  #held: HeldPush<Item>[] | null = [];
  #isWhole = true;

  /** `after`: where the tab wants to go on; null: nowhere. `passed`: what becomes of a push that is let through. */
  constructor(after: Cursor | null, passed: (push: WithText<Item>) => Passed) {
    this.#last = after;
    this.#passed = passed;
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

  /** The tab has everything up to here, and the leader of this epoch publishes the rest; the pushes that were held and are newer. */
  goLive(upTo: Cursor, epoch: bigint): readonly Passed[] {
    const held = this.#held ?? [];
    this.#last = upTo;
    this.#epoch = epoch;
    this.#held = null;
    return held.flatMap(({ epoch: of, push }) => this.take({ epoch: of, pushes: [push] }));
  }

  /** Those to send now. An ephemeral push is one wherever it comes from: gateways publish them, too, which know of no leader. */
  take({ epoch, pushes }: PublishedPushes<Item>): readonly Passed[] {
    const passed: Passed[] = [];
    for (const push of pushes) {
      if (this.#held) this.#hold(this.#held, { epoch, push });
      else if (this.#isNext(push, epoch)) passed.push(this.#passed(push));
    }
    return passed;
  }

  /**
   * A hole is not, and interrupts: what follows it waits for the look-up. So does a push of another log, as after one was
   * restored: what the tab has is not of this one, and epochs say nothing of each other.
   */
  #isNext(push: Item, epoch: bigint): push is WithText<Item> {
    const { cursor, text } = push;
    if (cursor === null) return true;
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

  #hold(held: HeldPush<Item>[], one: HeldPush<Item>): void {
    const { cursor, text } = one.push;
    if (cursor !== null && (text === null || held.length >= HELD_LIMIT)) this.interrupt();
    else if (cursor !== null || held.length < EPHEMERAL_LIMIT) held.push(one);
  }

  /** Everything else is looked up. */
  #holdEphemeral(): void {
    this.#held = (this.#held ?? []).filter(({ push }) => push.cursor === null);
  }
}
