import pRetry from 'p-retry';
import pg from 'pg';
import type { Logger } from 'pino';
import { connectionConfig } from '../../postgres/connection.ts';
import { BACKOFF } from './options.ts';
import { CHANGED } from './schema.ts';

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
    this.look();
  }

  /** The log may go further than is known: whoever waits looks for it. */
  look(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  /**
   * Resolves when the log goes beyond `position` or may do so, after `timeoutMs`, or when `signal` aborts. Listens from the first
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

export interface ChangeListenerOptions {
  readonly url: string;
  readonly applicationName: string;
  readonly logger: Logger;
  /** Whether that server process works for one who says by `reached` what it has appended: its notification says nothing new, and often comes first. */
  readonly isOwn: (serverProcess: number) => boolean;
}

/**
 * Calls `onEnd` with the log's last position after every append of others, and whenever the connection is (again) established, as
 * appends may have been missed. Resolves when `signal` aborts.
 */
export async function listenForChanges(
  options: ChangeListenerOptions,
  onEnd: (position: bigint) => void,
  signal: AbortSignal,
): Promise<void> {
  const retrying = { ...BACKOFF, retries: Number.POSITIVE_INFINITY, signal };
  while (!signal.aborted) {
    try {
      await pRetry(() => listenOnce(options, onEnd, signal), retrying);
    } catch (error) {
      if (!signal.aborted) options.logger.error({ err: error }, 'cannot listen for new events');
    }
  }
}

const END = 'select max(position) from event_log.events';

/** Resolves when an established connection has ended. */
async function listenOnce(
  { url, applicationName, logger, isOwn }: ChangeListenerOptions,
  onEnd: (position: bigint) => void,
  signal: AbortSignal,
): Promise<void> {
  const client = new pg.Client({
    ...connectionConfig({ url, applicationName }),
    keepAlive: true,
    connectionTimeoutMillis: 5000,
  });
  // A client that is told to end while it connects never settles its `connect`.
  const ended = new Promise<void>((resolve) => client.once('end', resolve));
  const end = () => void client.end();
  client.on('notification', ({ payload, processId }) => {
    if (!isOwn(processId)) onEnd(BigInt(payload ?? -1));
  });
  client.on('error', (error) => logger.warn({ err: error }, 'connection for notifications lost'));
  signal.addEventListener('abort', end);
  try {
    await Promise.race([client.connect(), ended]);
    await client.query(`listen ${CHANGED}`);
    const { rows } = await client.query<[end: string]>({ text: END, rowMode: 'array' });
    onEnd(BigInt(rows[0]?.[0] ?? -1));
    await ended;
  } finally {
    signal.removeEventListener('abort', end);
    await client.end();
  }
}
