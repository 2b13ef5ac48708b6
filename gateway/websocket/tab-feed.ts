import { type Cursor, isAfter } from '../../protocol/cursor.ts';
import type { PushOrHole } from '../../protocol/pushes.ts';

/** More live pushes than this are not kept while a replay is under way: they will be read from the feed. */
const HELD_LIMIT = 1000;

const NOTHING: readonly string[] = Object.freeze([]);

/**
 * How far one tab has come in its user's feed: every push is let through once, in order.
 *
 * While what was missed is being looked up, live pushes are held, so that none overtakes it. A hint that some may have
 * been lost makes the look-up worthless (it may end before the lost one): `isWhole` says whether it has to be repeated.
 */
export class TabFeed {
  #last: Cursor | null;
  #held: PushOrHole[] | null = [];
  #isWhole = true;

  /** `after`: where the tab wants to go on; null: nowhere. */
  constructor(after: Cursor | null) {
    this.#last = after;
  }

  get last(): Cursor | null {
    return this.#last;
  }

  /** Nothing may have been lost since the last `lookUp`. */
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
    this.#held = [];
    this.#isWhole = false;
    return wasLive;
  }

  /** A look-up starts, which will contain whatever has been pushed until now. */
  lookUp(): void {
    this.#held = [];
    this.#isWhole = true;
  }

  /** The tab has everything up to here; the texts that were held and are newer. */
  goLive(upTo: Cursor): readonly string[] {
    const held = this.#held ?? [];
    this.#last = upTo;
    this.#held = null;
    return this.take(held);
  }

  /**
   * The texts to send now. A hole among them interrupts: what follows it waits for the look-up. So does a push of another
   * log, as after one was restored: what the tab has is not of this one. Ephemeral pushes are for live tabs, and wait for nothing.
   */
  take(pushes: readonly PushOrHole[]): readonly string[] {
    if (this.#held) {
      this.#hold(this.#held, pushes);
      return NOTHING;
    }
    const texts: string[] = [];
    for (const { cursor, text } of pushes) {
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

  #hold(held: PushOrHole[], pushes: readonly PushOrHole[]): void {
    for (const push of pushes) {
      if (push.cursor === null) continue;
      if (push.text === null || held.length >= HELD_LIMIT) {
        this.interrupt();
        return;
      }
      held.push(push);
    }
  }
}
