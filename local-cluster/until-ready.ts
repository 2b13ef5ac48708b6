import { pause } from '../platform/pause.ts';
import { SILENT } from './ops-address.ts';

const LOOK_EVERY_MS = 50;

export interface ReadinessOptions {
  /** Of the process. */
  readonly name: string;
  /** null: ready. `SILENT`, or why not. */
  readonly whyNotReady: () => Promise<string | null>;
  readonly hasEnded: () => boolean;
  /** Hears again and again what is waited for. */
  readonly onWaiting: (reason: string) => void;
  /** Ends the waiting: it rejects with the reason. */
  readonly signal: AbortSignal;
  readonly silentMs: number;
}

/**
 * Waits for a process for as long as it takes, if only it says what it waits for itself. Rejects with `NotStarted` when
 * it ends, or is silent for `silentMs`.
 */
export async function untilReady(options: ReadinessOptions): Promise<void> {
  const { name, whyNotReady, hasEnded, onWaiting, signal, silentMs } = options;
  let heardAt = performance.now();
  for (;;) {
    if (hasEnded()) throw new NotStarted(`${name} did not start`);
    const reason = await whyNotReady();
    signal.throwIfAborted();
    if (reason === null) return;
    onWaiting(reason);
    if (reason !== SILENT) heardAt = performance.now();
    if (performance.now() - heardAt > silentMs) {
      throw new NotStarted(`${name} has not answered for ${silentMs / 1000} s`);
    }
    await pause(LOOK_EVERY_MS, signal);
  }
}

export class NotStarted extends Error {
  override readonly name = 'NotStarted';
}
