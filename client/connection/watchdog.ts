import type { Environment } from '../environment.ts';

/**
 * Tells when nothing was heard for too long. A frozen tab's timers do not run, so clocks are compared: `look` when there is a
 * reason to.
 */
export class Watchdog {
  readonly #environment: Pick<Environment, 'now' | 'setTimer'>;
  readonly #onSilence: () => void;
  #limitMs = 0;
  #heardAt = 0;
  #cancel: (() => void) | null = null;

  constructor(environment: Pick<Environment, 'now' | 'setTimer'>, onSilence: () => void) {
    this.#environment = environment;
    this.#onSilence = onSilence;
  }

  /** From now on, silence may last so long. */
  start(limitMs: number): void {
    this.stop();
    this.#limitMs = limitMs;
    this.heard();
    this.#sleep(limitMs);
  }

  heard(): void {
    this.#heardAt = this.#environment.now();
  }

  look(): void {
    if (!this.#cancel) return;
    this.#cancel();
    const leftMs = this.#heardAt + this.#limitMs - this.#environment.now();
    if (leftMs > 0) this.#sleep(leftMs);
    else {
      this.#cancel = null;
      this.#onSilence();
    }
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #sleep(ms: number): void {
    this.#cancel = this.#environment.setTimer(() => this.look(), ms);
  }
}
