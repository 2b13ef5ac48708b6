import pRetry from 'p-retry';
import pg from 'pg';
import type { Logger } from 'pino';
import { CHANGED } from './schema.ts';

/** Between two tries to connect: doubles from the first to the second, in milliseconds, with jitter. */
export const BACKOFF = { minTimeout: 50, maxTimeout: 1000, factor: 2, randomize: true } as const;

export interface LogChangesOptions {
  readonly url: string;
  readonly applicationName: string;
  readonly logger: Logger;
}

/**
 * Wakes those who wait for the log to grow. One connection listens for all of them, from the first wait on; while it is
 * lost, nobody is woken, and its return counts as a change.
 */
export class LogChanges {
  readonly #options: LogChangesOptions;
  readonly #closing = new AbortController();
  readonly #waiting = new Set<() => void>();
  #listening: Promise<void> | undefined;
  #count = 0;

  constructor(options: LogChangesOptions) {
    this.#options = options;
  }

  /** How many changes there have been so far. */
  get count(): number {
    return this.#count;
  }

  /** Resolves when there were more than `count`, after `timeoutMs`, or when `signal` aborts. */
  async moreThan(count: number, timeoutMs: number, signal: AbortSignal): Promise<void> {
    this.#listening ??= this.#listen();
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

  async #listen(): Promise<void> {
    const { signal } = this.#closing;
    const { logger } = this.#options;
    while (!signal.aborted) {
      try {
        await pRetry(() => this.#connection(signal), {
          ...BACKOFF,
          retries: Number.POSITIVE_INFINITY,
          signal,
        });
      } catch (error) {
        if (!signal.aborted) logger.warn({ err: error }, 'not told of new events for a while');
      }
    }
  }

  /** Resolves when an established connection has ended. */
  async #connection(signal: AbortSignal): Promise<void> {
    const { url, applicationName, logger } = this.#options;
    const client = new pg.Client({
      connectionString: url,
      application_name: applicationName,
      keepAlive: true,
      connectionTimeoutMillis: 5000,
    });
    // A client that is told to end while it connects never settles its `connect`.
    const ended = new Promise<void>((resolve) => client.once('end', resolve));
    const end = () => void client.end();
    client.on('notification', () => this.#changed());
    client.on('error', (error) => logger.warn({ err: error }, 'connection for notifications lost'));
    signal.addEventListener('abort', end);
    try {
      await Promise.race([client.connect(), ended]);
      await client.query(`listen ${CHANGED}`);
      this.#changed();
      await ended;
    } finally {
      signal.removeEventListener('abort', end);
      await client.end();
    }
  }
}
