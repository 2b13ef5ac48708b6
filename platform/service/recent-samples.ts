import type { Registry } from 'prom-client';
import { type Glance, glanceAt } from './glance.ts';
import { parseSamples, type Samples } from './metric-samples.ts';

/** Rates are over the last minute: kept are so many samples, this far apart. */
const EVERY_MS = 10_000;
const KEPT = 7;

/** What the process has told of itself lately, so that rates can be seen without anything that keeps them. */
export class RecentSamples {
  readonly #metrics: Registry;
  readonly #samples: Samples[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(metrics: Registry) {
    this.#metrics = metrics;
    const keep = () => void this.#keep().catch(() => {});
    keep();
    this.#timer = setInterval(keep, EVERY_MS).unref();
  }

  /** Over the last minute, or since the process has started. */
  async glance(): Promise<Glance> {
    const now = await this.#take();
    return glanceAt(this.#samples[0] ?? now, now);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #keep(): Promise<void> {
    this.#samples.push(await this.#take());
    if (this.#samples.length > KEPT) this.#samples.shift();
  }

  async #take(): Promise<Samples> {
    return parseSamples(await this.#metrics.metrics(), performance.now());
  }
}
