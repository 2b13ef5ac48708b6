/**
 * How far pushes have certainly left this process. It trails: what was published in the last moments may still be in a
 * buffer somewhere, and what a broken connection swallowed never moves it. Whoever leads next publishes again what lies
 * beyond it.
 */
export class PublishedMark {
  readonly #flush: () => Promise<void>;
  #certain: bigint;
  #isFlushing = false;

  /** `flush` resolves when all that was published before has left, and rejects when it may not have. */
  constructor(position: bigint, flush: () => Promise<void>) {
    this.#certain = position;
    this.#flush = flush;
  }

  get certain(): bigint {
    return this.#certain;
  }

  published(position: bigint): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    this.#flush()
      .then(
        () => this.skipped(position),
        () => {},
      )
      .finally(() => {
        this.#isFlushing = false;
      });
  }

  /** Nobody waits for pushes up to there. */
  skipped(position: bigint): void {
    if (position > this.#certain) this.#certain = position;
  }
}
