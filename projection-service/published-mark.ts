/**
 * How far pushes have certainly left this process. What was published in the last moments may still be in a buffer
 * somewhere, so the mark trails by one to two windows; a new leader publishes again what lies beyond it.
 */
export class PublishedMark {
  readonly #windowMs: number;
  #certain: bigint;
  #settling: { readonly position: bigint; readonly since: number };

  constructor(position: bigint, windowMs = 1000) {
    this.#certain = position;
    this.#settling = { position, since: performance.now() };
    this.#windowMs = windowMs;
  }

  get certain(): bigint {
    return this.#certain;
  }

  published(position: bigint): void {
    const now = performance.now();
    if (now - this.#settling.since < this.#windowMs) return;
    this.#certain = this.#settling.position;
    this.#settling = { position, since: now };
  }

  /** Nobody waits for pushes up to there. */
  skipped(position: bigint): void {
    this.#certain = position;
    this.#settling = { position, since: performance.now() };
  }
}
