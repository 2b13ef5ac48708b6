import { setTimeout as delay } from 'node:timers/promises';

/** Ends early, without an error, when `signal` aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await delay(ms, undefined, { signal }).catch(() => {});
}

/** Between half and one and a half times as long, so that many do not try at the same time. */
export const jittered = (ms: number): number => ms * (0.5 + Math.random());

/** How long to wait after so many failures in a row: twice as long after each, up to `longestMs`, jittered. */
export const backoffMs = (failures: number, firstMs: number, longestMs: number): number =>
  jittered(Math.min(longestMs, firstMs * 2 ** failures));
