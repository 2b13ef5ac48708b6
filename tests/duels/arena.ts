import { v5 as uuidFromName } from 'uuid';
import { duelConfiguration, duelLimits } from '../../command-service/duel-limits.ts';
import { type Command, type CommandOf, type CommandReply, HOUSEKEEPING } from '../../protocol/commands.ts';
import type { MemoryLog } from '../support/memory-log.ts';
import { CommandServices } from './command-services.ts';
import { Referee } from './referee.ts';
import type { Conditions, Fate } from './stepped-log.ts';
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

const LIMITS = duelLimits(
  duelConfiguration.parse({ INVITATION_TTL_S: '100', GAME_LIMIT_S: '20', INVITE_LIMIT: '1000' }),
);
const IDS = '7d1f2a52-3c0e-4b4e-8a57-0a1f6f0c9a11';

/** Command services on one log, players and time. */
export class Arena {
  readonly referee: Referee;
  readonly toDoList = new ToDoList();
  readonly asked: Asked[] = [];
  readonly #services: CommandServices;
  #now = Date.parse('2026-01-01T18:00:00.000Z');

  constructor(conditions: Conditions) {
    this.#services = new CommandServices({ conditions, duelLimits: LIMITS, now: () => this.#now });
    this.referee = new Referee(conditions === 'held');
  }

  get log(): MemoryLog {
    return this.#services.log;
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
    this.#services.kill(at, appendsToo);
  }

  /** One of those that wait, and then so many more, each time the one that came last. */
  async goOn(which: number, fate: Fate, further: number): Promise<void> {
    if (this.#services.waiting === 0) return;
    await this.#services.step(which, fate);
    await this.#lookOn();
    for (let left = further; left > 0 && this.#services.waiting > 0; left -= 1) {
      await this.#services.lastStep();
      await this.#lookOn();
    }
  }

  /** All that is under way comes to its end. */
  async finish(): Promise<void> {
    while (this.#services.waiting > 0) {
      await this.#services.step(0, 'answered');
      await this.#lookOn();
    }
    this.#services.assertAnswered();
  }

  async #lookOn(): Promise<void> {
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

  async #begin(
    actor: string,
    command: Command,
    commandId: string,
    at: number,
    askedBefore: boolean,
  ): Promise<void> {
    const asked: Asked = { actor, commandId, command, from: this.log.events.length, reply: null, to: -1 };
    this.asked.push(asked);
    void this.#services.carryOut({ actor, commandId, command, askedBefore }, at).then((reply) => {
      if (reply !== 'killed') asked.reply = reply;
    });
    await this.#services.untilQuiet();
    await this.#lookOn();
  }
}
