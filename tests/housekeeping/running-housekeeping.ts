import { pino } from 'pino';
import type { Registry } from 'prom-client';
import { v7 as newId } from 'uuid';
import { createInProcessBus } from '../../platform/message-bus/in-process/in-process-bus.ts';
import { payloadOf, readPayload } from '../../platform/message-bus/payload.ts';
import {
  type CommandReplies,
  type CommandReply,
  type CommandRequest,
  commandReplies,
  commandRequest,
} from '../../protocol/commands.ts';
import { cursorAfter } from '../../protocol/cursor.ts';
import { COMMANDS } from '../../protocol/subjects.ts';
import type { DueDuel } from '../../read-models/duels/due-duels.ts';
import type { ReadModels } from '../../read-models/read-models.ts';

export const silent = pino({ level: 'silent' });

/** When all is due. */
export const NOW = new Date('2026-03-01T12:00:00.000Z');

/** Nobody asks. */
export const UP_TO = cursorAfter(0n, 'log');

export const SETTLED: CommandReply = { outcome: 'accepted', position: '1', changed: true };

/** Duels that are due, as the read models list them: an answered one goes when a test says so. */
export class DuelList {
  readonly #duels: DueDuel[] = [];

  get length(): number {
    return this.#duels.length;
  }

  /** Due one second after the other, the last one a second ago. */
  add(count: number): string[] {
    const added = Array.from({ length: count }, (_, index) => ({
      invitation_id: newId(),
      inviter: `inviter-${index}`,
      invitee: `invitee-${index}`,
      due_at: new Date(NOW.getTime() - (count - index) * 1000).toISOString(),
    }));
    this.#duels.push(...added);
    return added.map(({ invitation_id }) => invitation_id);
  }

  remove(id: string): void {
    const index = this.#duels.findIndex(({ invitation_id }) => invitation_id === id);
    if (index >= 0) this.#duels.splice(index, 1);
  }

  readonly find: ReadModels['dueDuels'] = async ({ before, after, limit }) => {
    const place = ({ due_at, invitation_id }: DueDuel) => `${due_at} ${invitation_id}`;
    const behind = this.#duels
      .filter((duel) => duel.due_at < before && (after === null || place(duel) > place(after)))
      .sort((one, other) => (place(one) < place(other) ? -1 : 1));
    return { answer: behind.slice(0, limit), upTo: UP_TO };
  };
}

/** Answers commands in place of a command service, on a bus of its own, and remembers what was asked. */
export class CommandsByHand {
  readonly bus = createInProcessBus({ logger: silent });
  readonly requests: CommandRequest[] = [];
  /** What becomes of each request. At first each command is accepted. */
  answer: (request: CommandRequest) => CommandReplies | Promise<CommandReplies> = ({ commands }) =>
    commands.map(() => SETTLED);
  underWay = 0;
  mostUnderWay = 0;

  static async open(): Promise<CommandsByHand> {
    const commands = new CommandsByHand();
    await commands.bus.respond(COMMANDS, 'command-service', async (asked) => {
      const request = readPayload(commandRequest, asked);
      commands.requests.push(request);
      commands.underWay += 1;
      commands.mostUnderWay = Math.max(commands.mostUnderWay, commands.underWay);
      try {
        return payloadOf(commandReplies, await commands.answer(request));
      } finally {
        commands.underWay -= 1;
      }
    });
    return commands;
  }

  /** Invitations that were to be settled, as often as they were, in no order. */
  asked(): string[] {
    return this.requests.flatMap(invitationsOf);
  }
}

export const invitationsOf = ({ commands }: CommandRequest): string[] =>
  commands.map(({ command }) => {
    if (command.type !== 'settle_duel') throw new Error(`housekeeping sent ${command.type}`);
    return command.invitationId;
  });

/** By the values of its labels. */
export const metricOf = async (registry: Registry, name: string): Promise<Record<string, number>> => {
  const values = (await registry.getSingleMetric(name)?.get())?.values ?? [];
  return Object.fromEntries(values.map(({ labels, value }) => [Object.values(labels).join(' '), value]));
};
