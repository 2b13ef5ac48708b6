import { setImmediate as quiet } from 'node:timers/promises';
import { vi } from 'vitest';
import { execute } from '../../command-service/commands.ts';
import { AppendOrder, isTransient } from '../../command-service/decide-and-append.ts';
import type { DuelLimits } from '../../command-service/duel-limits.ts';
import { RelationshipMemory } from '../../command-service/relationship-memory.ts';
import type { Command, CommandReply } from '../../protocol/commands.ts';
import { MemoryLog } from '../support/memory-log.ts';
import { type Conditions, type Fate, SteppedLog, Steps } from './stepped-log.ts';

/** A command as a command service is given it. */
export interface Given {
  readonly actor: string;
  readonly commandId: string;
  readonly command: Command;
  readonly askedBefore: boolean;
  /** Among those that came with it; none: it came alone. */
  readonly order?: AppendOrder;
}

/** What a command service is made of. */
interface Process {
  readonly log: SteppedLog;
  readonly relationships: RelationshipMemory;
  /** Its clock differs by so much. */
  readonly skewMs: number;
  readonly underWay: Set<Given>;
  readonly killed: Promise<'killed'>;
  readonly kill: () => void;
}

export interface ServicesOptions {
  readonly conditions: Conditions;
  readonly duelLimits: DuelLimits;
  /** In milliseconds. */
  readonly now: () => number;
}

/** More than there are others to be disturbed by. */
const CONFLICT_RETRIES = 50;
const REMEMBERED_CHATS = 2;
const SKEWS_MS = [0, -7, 40];

/**
 * Command services on one log. Nothing happens by itself: each read and each append waits for its turn. Needs fake timers: whoever waits
 * before deciding again has waited long enough by the next step.
 */
export class CommandServices {
  readonly log = new MemoryLog();
  readonly #options: ServicesOptions;
  readonly #steps = new Steps();
  readonly #processes: Process[];
  readonly #failures: unknown[] = [];

  constructor(options: ServicesOptions) {
    this.#options = options;
    this.#processes = SKEWS_MS.map((skewMs) => this.#start(skewMs));
  }

  /** Reads and appends that wait. */
  get waiting(): number {
    return this.#steps.count;
  }

  /** By one of them. */
  carryOut(given: Given, at: number): Promise<CommandReply | 'unavailable' | 'killed'> {
    const process = this.#processes[at % this.#processes.length];
    if (!process) throw new Error('no command service');
    return Promise.race([this.#execute(given, process), process.killed]);
  }

  async #execute(given: Given, process: Process): Promise<CommandReply | 'unavailable'> {
    process.underWay.add(given);
    const { command, order = new AppendOrder(), ...rest } = given;
    const { duelLimits, now } = this.#options;
    try {
      return await execute(command, {
        ...rest,
        date: new Date(now() + process.skewMs).toISOString(),
        correlationId: '',
        deadline: Number.POSITIVE_INFINITY,
        store: process.log,
        order,
        conflictRetries: CONFLICT_RETRIES,
        onConflict() {},
        duelLimits,
        relationships: process.relationships,
      });
    } catch (error) {
      if (!isTransient(error)) this.#failures.push(error);
      return 'unavailable';
    } finally {
      order.release();
      process.underWay.delete(given);
    }
  }

  /** The process is another one from then on. */
  kill(at: number, appendsToo: boolean): void {
    const index = at % this.#processes.length;
    const killed = this.#processes[index];
    if (!killed) return;
    this.#steps.drop(killed.log, appendsToo);
    killed.kill();
    this.#processes[index] = this.#start(killed.skewMs);
  }

  /** One of those that wait happens. */
  async step(which: number, fate: Fate): Promise<void> {
    this.#steps.go(which % this.#steps.count, fate);
    await this.untilQuiet();
  }

  /** The one that came last. */
  async lastStep(): Promise<void> {
    await this.step(this.#steps.count - 1, 'answered');
  }

  /** Until everybody waits for the log. */
  async untilQuiet(): Promise<void> {
    await quiet();
    while (vi.getTimerCount() > 0) {
      vi.runAllTimers();
      await quiet();
    }
    for (const failure of this.#failures) throw failure;
  }

  /** Throws when a command has no answer although nothing waits any more. */
  assertAnswered(): void {
    for (const { underWay } of this.#processes)
      for (const { command } of underWay) throw new Error(`${command.type} has no answer`);
  }

  #start(skewMs: number): Process {
    const log = new SteppedLog(this.log, this.#steps, this.#options.conditions);
    const relationships = new RelationshipMemory(log, REMEMBERED_CHATS);
    let kill = () => {};
    const killed = new Promise<'killed'>((resolve) => {
      kill = () => resolve('killed');
    });
    return { log, relationships, skewMs, underWay: new Set(), killed, kill };
  }
}
