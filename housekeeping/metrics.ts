import { Counter, Gauge, type Registry } from 'prom-client';
import type { ErrorCode } from '../protocol/error-codes.ts';
import type { ToDoList } from './to-do-list.ts';

/** `unanswered`: it may have been done, or not. */
export type Outcome = 'changed' | 'unchanged' | 'unanswered' | ErrorCode;

export interface HousekeepingMetrics {
  readonly elected: Gauge;
  readonly lateSeconds: Gauge<'list'>;
  readonly commands: {
    inc(labels: { readonly list: ToDoList['name']; readonly outcome: Outcome }): void;
  };
}

export function createHousekeepingMetrics(registry: Registry): HousekeepingMetrics {
  const registers = [registry];
  return {
    elected: new Gauge({
      name: 'rally_housekeeping_elected',
      help: '1 while this instance works, 0 while it waits for its turn',
      registers,
    }),
    lateSeconds: new Gauge({
      name: 'rally_housekeeping_late_seconds',
      help: 'How late that was on a to-do list which was longest overdue when the list was last looked at; 0: nothing was',
      labelNames: ['list'] as const,
      registers,
    }),
    commands: new Counter({
      name: 'rally_housekeeping_commands_total',
      help: 'Commands sent, by to-do list and outcome',
      labelNames: ['list', 'outcome'] as const,
      registers,
    }),
  };
}
