import type { CommandReply, Refusal } from '../protocol/commands.ts';
import type { ErrorCode } from '../protocol/error-codes.ts';
import type { CommandContext } from './decide-and-append.ts';
import type { DuelLimits } from './duel-limits.ts';
import type { RelationshipMemory } from './relationship-memory.ts';

/** What the descriptions know of a command besides the command itself. */
export interface ExecutionContext extends CommandContext {
  /** When the command arrived, ISO 8601 UTC with milliseconds. */
  readonly date: string;
  readonly relationships: RelationshipMemory;
  readonly duelLimits: DuelLimits;
}

/** Carries a command out. Rejects as `decideAndAppend` does. */
export type Execute<Asked> = (command: Asked, context: ExecutionContext) => Promise<CommandReply>;

export const refused = (code: ErrorCode): Refusal => ({ outcome: 'refused', code });

/** Of rules that look at nothing but the stream. */
export const noContext = async () => ({ value: undefined });
