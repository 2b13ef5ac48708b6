import type { Logger } from 'pino';
import type { MessageBus } from '../platform/message-bus/message-bus.ts';
import {
  type CommandReply,
  type CommandRequest,
  commandReplies,
  HOUSEKEEPING,
} from '../protocol/commands.ts';
import { COMMANDS } from '../protocol/subjects.ts';
import type { DueDuel } from '../read-models/duels/due-duels.ts';
import type { HousekeepingMetrics, SettlementOutcome } from './metrics.ts';

/** Nobody waits for housekeeping: with so many on their way at once it takes little from those who are waited for. */
export const DUELS_AT_ONCE = 32;

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
  /** Each in a request of its own: one that takes up all of its time keeps no other unanswered. */
  async function settle(duel: DueDuel): Promise<SettlementOutcome> {
    const request: CommandRequest = {
      actor: HOUSEKEEPING,
      commands: [settling(duel, newId())],
      leftMs: DEADLINE_MS,
    };
    try {
      const text = await bus.request(COMMANDS, JSON.stringify(request), { timeoutMs: DEADLINE_MS });
      const replies = commandReplies.parse(JSON.parse(text));
      const reply = Array.isArray(replies) ? replies[0] : replies;
      return reply ? outcomeOf(reply) : 'unanswered';
    } catch (error) {
      logger.warn({ err: error, invitationId: duel.invitation_id }, 'command not answered');
      return 'unanswered';
    }
  }

  return async (duels) => {
    const outcomes = await Promise.all(duels.map(settle));
    for (const outcome of outcomes) metrics.commands.inc({ outcome });
    return outcomes.filter((outcome) => outcome !== 'unanswered' && outcome !== 'unavailable').length;
  };
}

const settling = ({ invitation_id: invitationId, inviter, invitee }: DueDuel, commandId: string) => ({
  commandId,
  correlationId: commandId,
  command: { type: 'settle_duel' as const, invitationId, inviter, invitee },
});

function outcomeOf(reply: CommandReply): SettlementOutcome {
  if (reply.outcome === 'refused') return reply.code;
  return reply.changed ? 'changed' : 'unchanged';
}
