import type { Logger } from 'pino';
import type { MessageBus } from '../platform/message-bus/message-bus.ts';
import {
  COMMANDS_LIMIT,
  type CommandReply,
  type CommandRequest,
  commandReplies,
  HOUSEKEEPING,
} from '../protocol/commands.ts';
import { COMMANDS } from '../protocol/subjects.ts';
import type { DueDuel } from '../read-models/duels/due-duels.ts';
import type { HousekeepingMetrics, SettlementOutcome } from './metrics.ts';

/** Nobody waits for housekeeping: with so many on their way at once it takes little from those who are waited for. */
const REQUESTS_AT_ONCE = 4;

export const DUELS_AT_ONCE = REQUESTS_AT_ONCE * COMMANDS_LIMIT;

/** What is not answered by then is asked for again, as long as it is on the list. */
const DEADLINE_MS = 2000;

export interface SettlingOptions {
  readonly bus: MessageBus;
  readonly logger: Logger;
  readonly metrics: HousekeepingMetrics;
  readonly newId: () => string;
}

/**
 * Has the command services settle at most `DUELS_AT_ONCE` duels. Resolves with how many of the commands were answered;
 * a refusal is an answer, unless it says `unavailable`. Never rejects: whatever was not done stays on the list.
 */
export type SettleDuels = (duels: readonly DueDuel[]) => Promise<number>;

export function createSettleDuels({ bus, logger, metrics, newId }: SettlingOptions): SettleDuels {
  async function ask(duels: readonly DueDuel[]): Promise<SettlementOutcome[]> {
    const request: CommandRequest = {
      actor: HOUSEKEEPING,
      commands: duels.map((duel) => settling(duel, newId())),
      leftMs: DEADLINE_MS,
    };
    try {
      const text = await bus.request(COMMANDS, JSON.stringify(request), { timeoutMs: DEADLINE_MS });
      const replies = commandReplies.parse(JSON.parse(text));
      return Array.isArray(replies) ? replies.map(outcomeOf) : duels.map(() => replies.code);
    } catch (error) {
      logger.warn({ err: error, commands: duels.length }, 'commands not answered');
      return duels.map(() => 'unanswered');
    }
  }

  return async (duels) => {
    const outcomes = (await Promise.all(requestsOf(duels).map(ask))).flat();
    for (const outcome of outcomes) metrics.commands.inc({ outcome });
    return outcomes.filter((outcome) => outcome !== 'unanswered' && outcome !== 'unavailable').length;
  };
}

const settling = ({ invitation_id: invitationId, inviter, invitee }: DueDuel, commandId: string) => ({
  commandId,
  correlationId: commandId,
  command: { type: 'settle_duel' as const, invitationId, inviter, invitee },
});

/**
 * Spread over all requests, and mixed anew each time: a command that takes up all of the time keeps its whole request unanswered, but
 * the next time it has other neighbours.
 */
function requestsOf(duels: readonly DueDuel[]): DueDuel[][] {
  const places = new Map(duels.map((duel) => [duel, Math.random()]));
  const mixed = duels.toSorted((one, other) => (places.get(one) ?? 0) - (places.get(other) ?? 0));
  const requests = Array.from({ length: REQUESTS_AT_ONCE }, (_, request) =>
    mixed.filter((_, place) => place % REQUESTS_AT_ONCE === request),
  );
  return requests.filter(({ length }) => length > 0);
}

function outcomeOf(reply: CommandReply): SettlementOutcome {
  if (reply.outcome === 'refused') return reply.code;
  return reply.changed ? 'changed' : 'unchanged';
}
