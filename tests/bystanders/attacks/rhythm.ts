import { setTimeout as delay } from 'node:timers/promises';

/** Does it every so many milliseconds until the signal is aborted, never faster: a slow machine makes it rarer. */
export async function every(ms: number, signal: AbortSignal, act: () => void | Promise<void>): Promise<void> {
  while (!signal.aborted) {
    const startedAt = performance.now();
    await act();
    const rest = Math.max(1, ms - (performance.now() - startedAt));
    await delay(rest, undefined, { signal }).catch(() => {});
  }
}

/** Resolves when the signal is aborted. */
export const over = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
