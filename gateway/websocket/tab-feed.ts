import { type Cursor, isAfter } from '../../protocol/cursor.ts';
import type { PushOrHole } from '../../protocol/pushes.ts';

/** More live pushes than this are not kept while a replay is under way: they will be looked up. */
const HELD_LIMIT = 1000;

const NOTHING: readonly string[] = Object.freeze([]);

/** What one leader of the projection has published together. */
export interface PublishedPushes {
  readonly epoch: bigint;
  readonly pushes: readonly PushOrHole[];
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
  #held: PublishedPushes[] | null = [];
  #heldPushes = 0;
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
    this.#holdNothing();
    this.#isWhole = false;
    return wasLive;
  }

  /** A look-up starts, which will contain whatever has been pushed until now. */
  beginLookUp(): void {
    this.#holdNothing();
    this.#isWhole = true;
  }

  /** The tab has everything up to here, and the leader of this epoch publishes the rest; the texts that were held and are newer. */
  goLive(upTo: Cursor, epoch: bigint): readonly string[] {
    const held = this.#held ?? [];
    this.#last = upTo;
    this.#epoch = epoch;
    this.#held = null;
    const texts: string[] = [];
    for (const published of held) texts.push(...this.take(published));
    return texts;
  }

  /**
   * The texts to send now. A hole among them interrupts: what follows it waits for the look-up. So does a push of another
   * log, as after one was restored: what the tab has is not of this one. Ephemeral pushes are for live tabs, and wait for nothing.
   */
  take(published: PublishedPushes): readonly string[] {
    if (this.#held) {
      this.#hold(this.#held, published);
      return NOTHING;
    }
    if (published.epoch < this.#epoch && !this.#isOfAnotherLog(published)) return NOTHING;
    this.#epoch = published.epoch;
    const texts: string[] = [];
    for (const { cursor, text } of published.pushes) {
      if (cursor === null) {
        texts.push(text);
        continue;
      }
      const isOfAnother = this.#last !== null && cursor.log !== this.#last.log;
      if (this.#last && !isOfAnother && !isAfter(cursor, this.#last)) continue;
      if (text === null || isOfAnother) {
        this.interrupt();
        break;
      }
      this.#last = cursor;
      texts.push(text);
    }
    return texts;
  }

  /** Then epochs say nothing of each other. */
  #isOfAnotherLog({ pushes }: PublishedPushes): boolean {
    return pushes.some(({ cursor }) => cursor && this.#last && cursor.log !== this.#last.log);
  }

  #hold(held: PublishedPushes[], { epoch, pushes }: PublishedPushes): void {
    const placed = pushes.filter(({ cursor }) => cursor !== null);
    this.#heldPushes += placed.length;
    if (this.#heldPushes > HELD_LIMIT || placed.some(({ text }) => text === null)) this.interrupt();
    else held.push({ epoch, pushes: placed });
  }

  #holdNothing(): void {
    this.#held = [];
    this.#heldPushes = 0;
  }
}
