import { backoffMs, pause } from '../pause.ts';

export interface KeptGoing {
  /**
   * Works until `signal` aborts or it fails; done earlier, it is begun again. Calls `onStanding` as soon as it does what it is for, or
   * waits for its turn, and as often as it likes after that.
   */
  readonly work: (signal: AbortSignal, onStanding: () => void) => Promise<void>;
  /** What the work rests on is away, and comes back without it. */
  readonly isExpected: (error: unknown) => boolean;
  readonly onFailure: (error: unknown) => void;
  /** Waiting after a failure doubles up to that, and begins anew after work that has lasted longer. */
  readonly longestBackoffMs: number;
}

const FIRST_BACKOFF_MS = 100;

/**
 * Has work done for ever, whatever interrupts it. Resolves once it stands, or cannot because something else is away, with what stops it:
 * the work that is under way then is waited for. Rejects when it fails otherwise before it has ever stood.
 */
export async function keepGoing({
  work,
  isExpected,
  onFailure,
  longestBackoffMs,
}: KeptGoing): Promise<() => Promise<void>> {
  const stopping = new AbortController();
  const { signal } = stopping;

  async function goOn(onStanding: () => void, onFailed: (error: unknown) => void): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const startedAt = performance.now();
      try {
        await work(signal, onStanding);
      } catch (error) {
        const lastedMs = performance.now() - startedAt;
        failures = lastedMs > longestBackoffMs ? 1 : failures + 1;
        onFailure(error);
        onFailed(error);
        await pause(backoffMs(failures, FIRST_BACKOFF_MS, longestBackoffMs), signal);
      }
    }
  }

  let going: Promise<void> = Promise.resolve();
  const stop = async () => {
    stopping.abort();
    await going;
  };
  try {
    await new Promise<void>((resolve, reject) => {
      going = goOn(resolve, (error) => (isExpected(error) ? resolve() : reject(error)));
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
