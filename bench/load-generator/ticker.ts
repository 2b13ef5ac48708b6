import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** What the thread gets. It loads no library to look at that: it would start while the load has begun. */
interface TickerData {
  readonly intervalMs: number;
  readonly startAt: number;
  readonly stopped: Int32Array;
}

/** Milliseconds since 1970, with fractions, the same in all threads. */
export const preciseNow = (): number => performance.timeOrigin + performance.now();

/**
 * Calls `onTick` with the time it was due, every `intervalMs` from `startAt` on, whatever the calls take: late ticks
 * queue. A thread of its own waits for the next one, because timers are only good to a millisecond or two.
 * Call what it returns to stop it.
 */
export function startTicker(
  startAt: number,
  intervalMs: number,
  onTick: (dueAt: number) => void,
): () => void {
  const stopped = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const data: TickerData = { intervalMs, startAt, stopped };
  const worker = new Worker(new URL(import.meta.url), { workerData: data });
  worker.on('message', (dueAt: number) => {
    if (Atomics.load(stopped, 0) === 0) onTick(dueAt);
  });
  return () => {
    Atomics.store(stopped, 0, 1);
    Atomics.notify(stopped, 0);
  };
}

function tick(): void {
  const { intervalMs, startAt, stopped }: TickerData = workerData;
  for (let count = 0; Atomics.load(stopped, 0) === 0; count += 1) {
    const dueAt = startAt + count * intervalMs;
    const wait = dueAt - preciseNow();
    if (wait > 0 && Atomics.wait(stopped, 0, 0, wait) !== 'timed-out') return;
    parentPort?.postMessage(dueAt);
  }
}

if (!isMainThread) tick();
