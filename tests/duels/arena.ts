import { setImmediate as quiet } from 'node:timers/promises';
import { v5 as uuidFromName } from 'uuid';
import { vi } from 'vitest';
import { execute } from '../../command-service/commands.ts';
import { AppendOrder, isTransient } from '../../command-service/decide-and-append.ts';
import { duelConfiguration, duelLimits } from '../../command-service/duel-limits.ts';
import { RelationshipMemory } from '../../command-service/relationship-memory.ts';
import { type Command, type CommandOf, type CommandReply, HOUSEKEEPING } from '../../protocol/commands.ts';
import { MemoryLog } from '../support/memory-log.ts';
import { Referee } from './referee.ts';
import { type Conditions, type Fate, SteppedLog, Steps } from './stepped-log.ts';
import { ToDoList } from './to-do-list.ts';

/** A command that somebody gave. Places count the events of the log. */
export interface Asked {
  readonly actor: string;
  readonly commandId: string;
  readonly command: Command;
  readonly from: number;
  /** null: none yet, or never, since its process was killed. */
  reply: CommandReply | 'unavailable' | null;
  to: number;
}

type Settled = Pick<CommandOf<'settle_duel'>, 'invitationId' | 'inviter' | 'invitee'>;

/** What a command service is made of. */
interface Process {
  readonly log: SteppedLog;
  readonly relationships: RelationshipMemory;
  /** Its clock differs by so much. */
  readonly skewMs: number;
  readonly underWay: Set<Asked>;
}

/** More than there are others to be disturbed by. */
const CONFLICT_RETRIES = 50;
const REMEMBERED_CHATS = 2;
const SKEWS_MS = [0, -7, 40];
const LIMITS = duelLimits(
  duelConfiguration.parse({ INVITATION_TTL_S: '100', GAME_LIMIT_S: '20', INVITE_LIMIT: '1000' }),
);
const IDS = '7d1f2a52-3c0e-4b4e-8a57-0a1f6f0c9a11';

/**
 * Command services on one log, and time. Nothing happens by itself: each read and each append waits for its turn. Needs fake timers:
 * whoever waits before deciding again has waited long enough by the next step.
 */
export class Arena {
  readonly log = new MemoryLog();
  readonly referee: Referee;
  readonly toDoList = new ToDoList();
  readonly asked: Asked[] = [];
  readonly #steps = new Steps();
  readonly #conditions: Conditions;
  readonly #processes: Process[];
  readonly #failures: unknown[] = [];
  #now = Date.parse('2026-01-01T18:00:00.000Z');

  constructor(conditions: Conditions) {
    this.#conditions = conditions;
    this.referee = new Referee(conditions === 'held');
    this.#processes = SKEWS_MS.map((skewMs) => this.#start(skewMs));
  }

  get now(): string {
    return new Date(this.#now).toISOString();
  }

  wait(ms: number): void {
    this.#now += ms;
  }

  /** The same command has the same id, so that a schedule that is repeated is the same in everything. */
  async ask(actor: string, command: Command, at: number): Promise<void> {
    await this.#begin(actor, command, uuidFromName(`command ${this.asked.length}`, IDS), at, false);
  }

  /** As whoever was not told what has become of it. */
  async askAgain({ actor, command, commandId }: Asked, at: number): Promise<void> {
    await this.#begin(actor, command, commandId, at, true);
  }

  async settle({ invitationId, inviter, invitee }: Settled, at: number): Promise<void> {
    await this.ask(HOUSEKEEPING, { type: 'settle_duel', invitationId, inviter, invitee }, at);
  }

  newId(): string {
    return uuidFromName(`invitation ${this.asked.length}`, IDS);
  }

  /** The process is another one from then on. */
  kill(at: number, appendsToo: boolean): void {
    const index = at % this.#processes.length;
    const killed = this.#processes[index];
    if (!killed) return;
    this.#steps.drop(killed.log, appendsToo);
    this.#processes[index] = this.#start(killed.skewMs);
  }

  /** One of those that wait, and then so many more, each time the one that came last. */
  async goOn(which: number, fate: Fate, further: number): Promise<void> {
    if (this.#steps.count === 0) return;
    await this.#go(which % this.#steps.count, fate);
    for (let left = further; left > 0 && this.#steps.count > 0; left -= 1)
      await this.#go(this.#steps.count - 1, 'answered');
  }

  /** All that is under way comes to its end. */
  async finish(): Promise<void> {
    while (this.#steps.count > 0) await this.#go(0, 'answered');
    for (const { underWay } of this.#processes)
      for (const { command } of underWay) throw new Error(`${command.type} has no answer`);
  }

  async #go(index: number, fate: Fate): Promise<void> {
    this.#steps.go(index, fate);
    await this.#untilQuiet();
  }

  /** Until everybody waits for the log. */
  async #untilQuiet(): Promise<void> {
    await quiet();
    while (vi.getTimerCount() > 0) {
      vi.runAllTimers();
      await quiet();
    }
    for (const failure of this.#failures) throw failure;
    for (const event of this.log.events.slice(this.referee.pictures.length - 1)) {
      this.referee.read(event);
      await this.toDoList.read(event);
    }
    for (const asked of this.asked) if (asked.reply && asked.to < 0) asked.to = this.log.events.length;
  }

  /** What stands in the log, for whoever looks into a schedule that has failed. */
  get story(): string {
    const lines = this.log.events.map(({ position, event, metadata }) => {
      const by = this.asked.findIndex(({ commandId }) => commandId === metadata.commandId);
      return `${position} ${event.type} ${JSON.stringify(event.data)} by ${metadata.actor}, ${this.asked[by]?.command.type} ${by}`;
    });
    return lines.join('\n');
  }

  #start(skewMs: number): Process {
    const log = new SteppedLog(this.log, this.#steps, this.#conditions);
    return { log, relationships: new RelationshipMemory(log, REMEMBERED_CHATS), skewMs, underWay: new Set() };
  }

  async #begin(
    actor: string,
    command: Command,
    commandId: string,
    at: number,
    askedBefore: boolean,
  ): Promise<void> {
    const process = this.#processes[at % this.#processes.length];
    if (!process) return;
    const asked: Asked = { actor, commandId, command, from: this.log.events.length, reply: null, to: -1 };
    this.asked.push(asked);
    process.underWay.add(asked);
    const execution = execute(command, {
      actor,
      date: new Date(this.#now + process.skewMs).toISOString(),
      commandId,
      correlationId: '',
      deadline: Number.POSITIVE_INFINITY,
      askedBefore,
      store: process.log,
      order: new AppendOrder(),
      conflictRetries: CONFLICT_RETRIES,
      onConflict() {},
      duelLimits: LIMITS,
      relationships: process.relationships,
    });
    const answer = (reply: Asked['reply']) => {
      asked.reply = reply;
      process.underWay.delete(asked);
    };
    execution.then(answer, (error) => {
      if (!isTransient(error)) this.#failures.push(error);
      answer('unavailable');
    });
    await this.#untilQuiet();
  }
}
