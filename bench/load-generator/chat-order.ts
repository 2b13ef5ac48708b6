import type { MessageNumber } from './message-id.ts';

/** Whether all tabs of a chat have seen its messages in one and the same order, in a few bytes per tab. */
export class ChatOrder {
  readonly #digests: Int32Array;

  constructor(tabs: number) {
    this.#digests = new Int32Array(tabs);
  }

  seen(tab: number, { sender, sequence }: MessageNumber): void {
    const digest = this.#digests[tab] ?? 0;
    this.#digests[tab] = Math.imul(digest, 0x01000193) ^ (Math.imul(sequence, 2) + (sender & 1) + 1);
  }

  /** Meaningful while nothing is under way. */
  agreed(): boolean {
    return this.#digests.every((digest) => digest === this.#digests[0]);
  }
}
