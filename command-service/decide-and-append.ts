import pRetry from 'p-retry';
import type { Decider } from '../domain/decider.ts';
import type { DomainEvent } from '../domain/domain-event.ts';
import type { AppendCondition, ReadOptions } from '../platform/event-store/event-store.ts';
import type { StreamName } from '../platform/event-store/stream-name.ts';
import type { CommandReply } from '../protocol/commands.ts';
import type { ErrorCode } from '../protocol/error-codes.ts';
import { type CommandContext, DeadlinePassed } from './command-context.ts';
import { emptyStream, loadStream } from './load-stream.ts';
import { newEvents } from './new-events.ts';

/** A command on its way to the stream that it changes. */
export interface StreamChange<State, Command, E extends DomainEvent, Others extends readonly unknown[]> {
  readonly decider: Decider<State, Command, E, ErrorCode, Others>;
  readonly command: Command;
  readonly stream: StreamName<E>;
  /** How much of the stream makes up the state. */
  readonly part: ReadOptions;
  /** The stream most likely does not exist yet: it is read only when that turns out to be wrong. */
  readonly presumedNew?: boolean;
  /** What else the rules look at; as it is in the log now if `fresh`, else perhaps as it once was. */
  readonly readOthers: (fresh: boolean) => Promise<OtherState<Others>>;
  /** Answered with an acceptance. */
  readonly id?: string;
}

export interface OtherState<Others extends readonly unknown[]> {
  readonly states: Readonly<Others>;
  /**
   * The stream that they were made of, for the append to rest on. None: they were read for this decision alone. What it once
   * allowed to be done has been done: a command that finds nothing left to store is accepted on it, however old it is.
   */
  readonly condition?: AppendCondition;
}

/** What a decision is made on. */
interface Grounds {
  /** The stream does not exist, as far as anybody knows. */
  readonly presumedNew: boolean;
  /** The others are as they are in the log now. */
  readonly fresh: boolean;
}

const CERTAIN: Grounds = { presumedNew: false, fresh: true };

/**
 * Loads, decides, appends at the revision that was decided on; when another append came first, loads what was outdated
 * and decides again, a bounded number of times. Rejects with `RevisionConflict` when that was not enough, with
 * `DeadlinePassed` when there is no time for it, and as the store does.
 */
export async function decideAndAppend<
  State,
  Command,
  E extends DomainEvent,
  Others extends readonly unknown[],
>(context: CommandContext, change: StreamChange<State, Command, E, Others>): Promise<CommandReply> {
  const presumedNew = change.presumedNew === true && !context.askedBefore;
  const first = await attempt(context, change, { presumedNew, fresh: false });
  if ('outcome' in first) return first;
  let grounds = first;
  const again = async () => {
    const result = await attempt(context, change, grounds);
    if ('outcome' in result) return result;
    grounds = result;
    throw new RevisionConflict('others keep changing the streams');
  };
  return pRetry(again, {
    retries: context.conflictRetries,
    minTimeout: 2,
    maxTimeout: 50,
    randomize: true,
    shouldRetry: ({ error }) => error instanceof RevisionConflict,
  });
}

/**
 * Grounds: nothing is stored, and it has to be decided again on those. A state that is only presumed may lead to an append,
 * which the expected revisions guard, but not to a refusal: whoever was refused on it might just be repeating what is stored.
 */
async function attempt<State, Command, E extends DomainEvent, Others extends readonly unknown[]>(
  context: CommandContext,
  change: StreamChange<State, Command, E, Others>,
  grounds: Grounds,
): Promise<CommandReply | Grounds> {
  const { commandId, store, place, deadline, onConflict } = context;
  const { decider, command, stream, part, readOthers, id } = change;
  const { presumedNew, fresh } = grounds;
  if (performance.now() > deadline) throw new DeadlinePassed('no time to decide');
  const [loaded, others] = presumedNew
    ? [emptyStream(decider), await readOthers(fresh)]
    : await Promise.all([loadStream(store, stream, { ...part, deadline }, decider), readOthers(fresh)]);
  const { states, condition } = others;

  const storedBefore = loaded.events.findLast(({ metadata }) => metadata.commandId === commandId);
  if (storedBefore) return acceptedAt(storedBefore.position, true, id);

  const decision = decider.decide(command, loaded.state, ...states);
  if (decision.outcome === 'accepted' && decision.events.length > 0) {
    const events = newEvents(context, decision.events);
    const result = await place.inTurn(() => {
      if (performance.now() > deadline) throw new DeadlinePassed('no time to append');
      return store.append(stream, loaded.revision, events, condition, deadline);
    });
    if (result.outcome === 'appended') return acceptedAt(result.position, true, id);
    onConflict();
    return result.outcome === 'outdated' ? { presumedNew, fresh: true } : { presumedNew: false, fresh };
  }
  const certain = !presumedNew && (fresh || condition === undefined);
  if (decision.outcome === 'refused') return certain ? decision : attempt(context, change, CERTAIN);
  if (loaded.position !== null) return acceptedAt(loaded.position, false, id);
  if (certain) throw new Error('a command changed nothing where there is nothing');
  return attempt(context, change, CERTAIN);
}

const acceptedAt = (position: bigint, changed: boolean, id: string | undefined): CommandReply => ({
  outcome: 'accepted',
  position: position.toString(),
  changed,
  ...(id !== undefined && { id }),
});

/** However often it was decided, another append to one of the streams came first. Nothing is stored. */
export class RevisionConflict extends Error {
  override readonly name = 'RevisionConflict';
}
