import type { SteadyLoad } from './steady-load.ts';
import { startTicker } from './ticker.ts';

const MS_PER_S = 1000;

export interface OpenLoop {
  /** Called for each message, with the time it was due. */
  readonly send: (dueAt: number) => void;
  /** Looked at on each tick; true breaks off. */
  readonly overrun: () => boolean;
}

/**
 * Messages leave when they are due, however slow the answers are: one by one up to 1,000 a second, beyond that once a
 * millisecond as many as are due. Resolves when all are sent, with false when it was broken off.
 */
export function runOpenLoop(
  startAt: number,
  load: SteadyLoad,
  { send, overrun }: OpenLoop,
): Promise<boolean> {
  const { rate, warmUpMs, measuredMs } = load;
  const all = Math.floor((rate * (warmUpMs + measuredMs)) / MS_PER_S);
  let sent = 0;
  return new Promise((resolve, reject) => {
    const end = (complete: boolean) => {
      stop();
      resolve(complete);
    };
    const stop = startTicker(startAt, Math.max(1, MS_PER_S / rate), (dueAt) => {
      try {
        if (overrun()) return end(false);
        const due = Math.min(all, Math.round(((dueAt - startAt) * rate) / MS_PER_S) + 1);
        for (; sent < due; sent += 1) send(dueAt);
        if (sent === all) end(true);
      } catch (error) {
        stop();
        reject(error);
      }
    });
  });
}
