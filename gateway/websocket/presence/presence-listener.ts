import type { CloseCodeName } from '../../../protocol/close-codes.ts';
import type { Cursor } from '../../../protocol/cursor.ts';
import type { PresenceBoard } from './presence-board.ts';
import type { WatchList } from './watch-lists.ts';

/** Presence frames in any second to one tab. */
export const FRAMES_PER_SECOND = 200;

const SECOND_MS = 1000;

/** A tab as presence sees it. */
export interface PresenceTab {
  readonly id: string;
  readonly isWelcomed: boolean;
  unsentBytes(): number;
  sendEncoded(encoded: readonly Buffer[]): void;
  close(name: CloseCodeName): void;
}

/** One tab that hears who is online: of everybody, from its place on the board on, or of those on its list. */
export class PresenceListener {
  readonly tab: PresenceTab;
  /** What was heard up to there was heard before the tab was there; null: nothing was. */
  readonly from: Cursor | null;
  readonly #board: PresenceBoard;
  #place: number;
  #list: WatchList | null = null;
  /** What it was sent within the last second, the oldest first. */
  #sent: { readonly at: number; readonly count: number }[] = [];

  constructor(tab: PresenceTab, board: PresenceBoard, from: Cursor | null) {
    this.tab = tab;
    this.from = from;
    this.#board = board;
    this.#place = board.end;
  }

  get list(): WatchList | null {
    return this.#list;
  }

  /** On the board: it has had everything before. null: it hears of those on its list. */
  get place(): number | null {
    return this.#list ? null : this.#place;
  }

  get hasPending(): boolean {
    return this.#list?.hasPending ?? this.#board.hasAfter(this.#place);
  }

  watch(list: WatchList): void {
    this.#list = list;
  }

  /**
   * Sends as much of what is pending as the tab may have now, and says how many frames that is. A tab that has not taken what it was sent
   * before gets no more.
   */
  serve(now: number): number {
    if (!this.hasPending || !this.tab.isWelcomed || this.tab.unsentBytes() > 0) return 0;
    const allowed = this.#allowedAt(now);
    if (allowed === 0) return 0;
    const { encoded, count } = this.#list ? this.#takeFromList(this.#list, allowed) : this.#takeNext(allowed);
    this.#sent.push({ at: now, count });
    this.tab.sendEncoded(encoded);
    return count;
  }

  #allowedAt(now: number): number {
    if (this.#sent.length === 0) return FRAMES_PER_SECOND;
    this.#sent = this.#sent.filter(({ at }) => now - at <= SECOND_MS);
    return this.#sent.reduce((allowed, { count }) => allowed - count, FRAMES_PER_SECOND);
  }

  #takeFromList(list: WatchList, limit: number) {
    const { bytes, count } = list.take(limit);
    return { encoded: [bytes], count };
  }

  #takeNext(limit: number) {
    const encoded: Buffer[] = [];
    let count = 0;
    while (count < limit && this.#board.hasAfter(this.#place)) {
      const next = this.#board.after(this.#place, limit - count);
      encoded.push(next.bytes);
      count += next.count;
      this.#place = next.end;
    }
    return { encoded, count };
  }
}
