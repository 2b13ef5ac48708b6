type Undo = () => Promise<unknown>;

/** What has been started and made, to be ended and removed in the reverse order, once. */
export class Cleanup {
  readonly #undos: Undo[] = [];
  #running: Promise<void> | null = null;

  /** Of what is only there after it has run: at once. */
  add(undo: Undo): void {
    if (this.#running) undo().catch(() => {});
    else this.#undos.push(undo);
  }

  /** One that fails does not keep the others from being carried out. Never rejects. */
  run(): Promise<void> {
    this.#running ??= this.#undoAll();
    return this.#running;
  }

  async #undoAll(): Promise<void> {
    for (let undo = this.#undos.pop(); undo; undo = this.#undos.pop()) await undo().catch(() => {});
  }
}
