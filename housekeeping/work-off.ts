import type { Clock } from '../platform/clock.ts';
import { backoffMs, pause } from '../platform/pause.ts';
import type { Chore } from './keep-house.ts';
import type { HousekeepingMetrics } from './metrics.ts';
import type { SendCommands } from './send-commands.ts';
import type { Due, ToDoList } from './to-do-list.ts';

export interface WorkOptions {
  readonly sendCommands: SendCommands;
  readonly metrics: HousekeepingMetrics;
  readonly clock: Clock;
}

/** Between pages of which nothing is answered. Shorter than the lease, which is renewed afterwards. */
const FIRST_BACKOFF_MS = 50;
const LONGEST_BACKOFF_MS = 1000;

/**
 * A round over all that is due on a list by now, page by page. Before each page the lease is claimed: this instance works for as long as
 * it holds it, and not at all while another one does.
 *
 * Whatever becomes of a command, those behind it are sent all the same. What it has not done stays on the list, for the next round.
 * Rejects as the lease and the list do.
 */
export function workingOff(list: ToDoList, { sendCommands, metrics, clock }: WorkOptions): Chore {
  const { name, everyMs = 0, afterMs = 0 } = list;
  let begunAt = Number.NEGATIVE_INFINITY;
  const tellLate = (ms: number) => metrics.lateSeconds.set({ list: name }, ms / 1000);

  return async ({ election, signal, onLooked }) => {
    if (performance.now() - begunAt < everyMs) return;
    const isElected = await election.isElected();
    if (!isElected) tellLate(0);
    if (!isElected || election.heldMs < afterMs) return;
    begunAt = performance.now();
    const now = clock();
    const lateMs = ({ since }: Due) => now.getTime() - Date.parse(since) - everyMs;
    let mostLateMs = 0;
    let unansweredPages = 0;
    for await (const page of list.pages(now)) {
      onLooked();
      mostLateMs = Math.max(mostLateMs, ...page.map(lateMs));
      tellLate(mostLateMs);
      const commands = page.map(({ command }) => command);
      unansweredPages = (await sendCommands(commands, list)) > 0 ? 0 : unansweredPages + 1;
      if (unansweredPages > 0)
        await pause(backoffMs(unansweredPages, FIRST_BACKOFF_MS, LONGEST_BACKOFF_MS), signal);
      if (signal.aborted || !(await election.isElected())) return;
    }
    tellLate(mostLateMs);
  };
}
