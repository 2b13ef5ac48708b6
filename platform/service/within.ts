import { setTimeout as delay } from 'node:timers/promises';

/** Whether `work` resolved within that time; what it resolves with afterwards is ignored. */
export async function within(timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
  const done = new AbortController();
  const late = delay(timeoutMs, false, { signal: done.signal }).catch(() => true);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    done.abort();
  }
}
