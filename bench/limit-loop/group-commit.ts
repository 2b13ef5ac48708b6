/** While one batch is being written the next one gathers; batches are written one after the other. */
export class GroupCommit<Item> {
  readonly #write: (batch: readonly Item[]) => Promise<void>;
  #gathering: Item[] = [];
  #writing = false;

  constructor(write: (batch: readonly Item[]) => Promise<void>) {
    this.#write = write;
  }

  add(...items: readonly Item[]): void {
    this.#gathering.push(...items);
    if (this.#writing) return;
    this.#writing = true;
    // What arrives in the same turn of the event loop shares the first batch.
    setImmediate(() => void this.#drain());
  }

  async #drain(): Promise<void> {
    while (this.#gathering.length > 0) {
      const batch = this.#gathering;
      this.#gathering = [];
      await this.#write(batch);
    }
    this.#writing = false;
  }
}
