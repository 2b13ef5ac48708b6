import { Counter, Gauge, type Registry } from 'prom-client';
import type { ErrorCode } from '../protocol/error-codes.ts';

/** `unanswered`: it may have been done, or not. */
export type SettlementOutcome = 'changed' | 'unchanged' | 'unanswered' | ErrorCode;

export interface HousekeepingMetrics {
  readonly elected: Gauge;
  readonly lateSeconds: Gauge;
  readonly commands: Counter<'outcome'>;
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
      help: 'For how long the oldest entry of the to-do list had been due when the list was last looked at; 0: none was',
      registers,
    }),
    commands: new Counter({
      name: 'rally_housekeeping_commands_total',
      help: 'Commands sent, by outcome',
      labelNames: ['outcome'] as const,
      registers,
    }),
  };
}
