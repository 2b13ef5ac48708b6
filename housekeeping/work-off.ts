import type { Clock } from '../platform/clock.ts';
import { backoffMs, pause } from '../platform/pause.ts';
import type { Lease } from '../platform/postgres/leases.ts';
import type { DueDuel } from '../read-models/duels/due-duels.ts';
import type { ReadModels } from '../read-models/read-models.ts';
import type { HousekeepingMetrics } from './metrics.ts';
import { DUELS_AT_ONCE, type SettleDuels } from './settle-duels.ts';

export interface WorkOptions {
  readonly lease: Lease;
  readonly dueDuels: ReadModels['dueDuels'];
  readonly settleDuels: SettleDuels;
  readonly metrics: HousekeepingMetrics;
  readonly clock: Clock;
  /** Aborts: what has been sent is waited for, nothing more is sent. */
  readonly signal: AbortSignal;
}

/** Between pages of which nothing is answered. Shorter than the lease, which is renewed afterwards. */
const FIRST_BACKOFF_MS = 50;
const LONGEST_BACKOFF_MS = 1000;

/**
 * One round over all that is due by now, page by page. Before each page the lease is claimed: this instance works for as long as it
 * holds it, and not at all while another one does.
 *
 * Whatever becomes of a command, those behind it are sent all the same. What it has not settled stays on the list, for the next
 * round. Rejects as the lease and the read models do.
 */
export async function workOff(options: WorkOptions): Promise<void> {
  const { lease, dueDuels, settleDuels, metrics, clock, signal } = options;
  const now = clock();
  let after: DueDuel | null = null;
  let unansweredPages = 0;
  for (;;) {
    const isElected = await lease.claim();
    metrics.elected.set(isElected ? 1 : 0);
    if (!isElected) {
      metrics.lateSeconds.set(0);
      return;
    }
    const { answer: page } = await dueDuels({ before: now.toISOString(), after, limit: DUELS_AT_ONCE });
    if (after === null) metrics.lateSeconds.set(secondsLate(page[0], now));
    if (page.length > 0) unansweredPages = (await settleDuels(page)) > 0 ? 0 : unansweredPages + 1;
    after = page.at(-1) ?? null;
    if (page.length < DUELS_AT_ONCE || signal.aborted) return;
    if (unansweredPages > 0)
      await pause(backoffMs(unansweredPages, FIRST_BACKOFF_MS, LONGEST_BACKOFF_MS), signal);
  }
}

const secondsLate = (first: DueDuel | undefined, now: Date): number =>
  first ? (now.getTime() - Date.parse(first.due_at)) / 1000 : 0;
