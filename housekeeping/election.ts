import type { Lease } from '../platform/postgres/leases.ts';
import type { HousekeepingMetrics } from './metrics.ts';

/** Whether this instance is the one that works. */
export class Election {
  readonly #lease: Pick<Lease, 'claim'>;
  readonly #metrics: Pick<HousekeepingMetrics, 'elected'>;
  #heldSince: number | null = null;

  /** From one failure to the next. */
  constructor(lease: Pick<Lease, 'claim'>, metrics: Pick<HousekeepingMetrics, 'elected'>) {
    this.#lease = lease;
    this.#metrics = metrics;
  }

  /** Claims the lease, or renews it. Rejects as that does. */
  async isElected(): Promise<boolean> {
    const isHeld = await this.#lease.claim();
    this.#heldSince = isHeld ? (this.#heldSince ?? performance.now()) : null;
    this.#metrics.elected.set(isHeld ? 1 : 0);
    return isHeld;
  }

  /** For how long it has worked without a break, in milliseconds. */
  get heldMs(): number {
    return this.#heldSince === null ? 0 : performance.now() - this.#heldSince;
  }
}
