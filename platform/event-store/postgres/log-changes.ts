import { type ChangeListenerOptions, listenForChanges } from './change-listener.ts';

/** Wakes those who wait for the log to grow. One connection listens for all of them, from the first wait on. */
export class LogChanges {
  readonly #options: ChangeListenerOptions;
  readonly #closing = new AbortController();
  readonly #waiting = new Set<() => void>();
  #listening: Promise<void> | undefined;
  #count = 0;

  constructor(options: ChangeListenerOptions) {
    this.#options = options;
  }

  /** How many changes there have been so far. */
  get count(): number {
    return this.#count;
  }

  /** Resolves when there were more than `count`, after `timeoutMs`, or when `signal` aborts. */
  async moreThan(count: number, timeoutMs: number, signal: AbortSignal): Promise<void> {
    this.#listening ??= listenForChanges(this.#options, () => this.#changed(), this.#closing.signal);
    if (this.#count > count || signal.aborted) return;
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

  #changed(): void {
    this.#count += 1;
    for (const wake of [...this.#waiting]) wake();
  }
}
