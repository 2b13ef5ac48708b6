import { type ChangeListenerOptions, listenForChanges } from './change-listener.ts';

/** How far the log goes, as far as is known, and who waits for it to grow. One connection listens for all of them. */
export class LogEnd {
  readonly #options: ChangeListenerOptions;
  readonly #closing = new AbortController();
  readonly #waiting = new Set<() => void>();
  #listening: Promise<void> | undefined;
  #position = -1n;

  constructor(options: ChangeListenerOptions) {
    this.#options = options;
  }

  /** -1n: nothing is known. */
  get position(): bigint {
    return this.#position;
  }

  /** The log goes as far as `position` at least. */
  reached(position: bigint): void {
    if (position <= this.#position) return;
    this.#position = position;
    for (const wake of [...this.#waiting]) wake();
  }

  /**
   * Resolves when the log goes beyond `position`, after `timeoutMs`, or when `signal` aborts. Listens from the first
   * call on.
   */
  async beyond(position: bigint, timeoutMs: number, signal: AbortSignal): Promise<void> {
    this.#listening ??= listenForChanges(this.#options, (end) => this.reached(end), this.#closing.signal);
    if (this.#position > position || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, timeoutMs);
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#listening;
  }
}
