import { LagTrend } from './lag-trend.ts';
import { Latencies } from './latencies.ts';
import type { SteadyLoad } from './steady-load.ts';
import { preciseNow } from './ticker.ts';

const US_PER_S = 1_000_000;

/** What is counted of a load; what was due during the warm-up is not. */
export class LoadMeasurement {
  readonly #from: number;
  readonly #ack = new Latencies();
  readonly #delivery = new Latencies();
  readonly #lateness = new Latencies();
  readonly #trend: LagTrend;
  #cpuBefore: NodeJS.CpuUsage | null = null;
  #cpuS = 0;

  constructor(startAt: number, { warmUpMs, measuredMs }: SteadyLoad) {
    this.#from = startAt + warmUpMs;
    this.#trend = new LagTrend(this.#from, measuredMs);
  }

  sent(dueAt: number): void {
    if (dueAt < this.#from) return;
    this.#cpuBefore ??= process.cpuUsage();
    this.#lateness.add(preciseNow() - dueAt);
  }

  acked(dueAt: number): void {
    if (dueAt >= this.#from) this.#ack.add(preciseNow() - dueAt);
  }

  heardByPeer(dueAt: number): void {
    if (dueAt < this.#from) return;
    const latency = preciseNow() - dueAt;
    this.#delivery.add(latency);
    this.#trend.add(dueAt, latency);
  }

  /** The last message has been sent; answers still come. */
  sendingEnded(): void {
    const { user, system } = process.cpuUsage(this.#cpuBefore ?? process.cpuUsage());
    this.#cpuS = (user + system) / US_PER_S;
  }

  result() {
    return {
      ack: this.#ack.percentiles(),
      delivery: this.#delivery.percentiles(),
      lateness: this.#lateness.percentiles(),
      lagGrowthMsPerS: this.#trend.growthMsPerS(),
      generatorCpuS: this.#cpuS,
    };
  }
}
