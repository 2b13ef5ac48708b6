import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Command } from '../protocol/commands.ts';
import type { ErrorCode } from '../protocol/error-codes.ts';

/** A request that was refused before it was read has no type. */
export type CommandType = Command['type'] | 'unread';

/** `unchanged`: accepted, because it was so already. */
export type CommandOutcome = 'changed' | 'unchanged' | ErrorCode;

export interface CommandMetrics {
  answered(type: CommandType, outcome: CommandOutcome, seconds: number): void;
  conflicted(type: CommandType): void;
}

const SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

/** Commands that are under way, and how many there may be. */
export interface CommandLoad {
  readonly underWay: number;
  readonly limit: number;
}

export function createCommandMetrics(registry: Registry, load: CommandLoad): CommandMetrics {
  const registers = [registry];
  const answers = new Counter({
    name: 'rally_commands_total',
    help: 'Commands answered, by type and outcome.',
    labelNames: ['type', 'outcome'] as const,
    registers,
  });
  const durations = new Histogram({
    name: 'rally_command_duration_seconds',
    help: 'From the arrival of a command to its answer.',
    labelNames: ['type'] as const,
    buckets: SECONDS,
    registers,
  });
  const conflicts = new Counter({
    name: 'rally_command_conflicts_total',
    help: 'Appends that came too late and were decided again.',
    labelNames: ['type'] as const,
    registers,
  });
  new Gauge({
    name: 'rally_commands_under_way',
    help: 'Commands that are not answered yet.',
    registers,
    collect() {
      this.set(load.underWay);
    },
  });
  new Gauge({
    name: 'rally_commands_limit',
    help: 'Commands that may be under way; more are refused at once. Falls when the event store is slow.',
    registers,
    collect() {
      this.set(load.limit);
    },
  });
  return {
    answered(type, outcome, seconds) {
      answers.inc({ type, outcome });
      durations.observe({ type }, seconds);
    },
    conflicted: (type) => conflicts.inc({ type }),
  };
}
