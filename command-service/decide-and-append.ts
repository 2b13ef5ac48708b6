import pRetry from 'p-retry';
import type { Decider } from '../domain/decider.ts';
import type { DomainEvent } from '../domain/domain-event.ts';
import type { ReadOptions, StreamAt } from '../platform/event-store/event-store.ts';
import type { StreamName } from '../platform/event-store/stream-name.ts';
import type { CommandReply } from '../protocol/commands.ts';
import type { ErrorCode } from '../protocol/error-codes.ts';
import type { CommandContext } from './command-context.ts';
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
  /** The stream that they were made of, for the append to rest on. None: they were read for this decision alone. */
  readonly given?: StreamAt;
}

/**
 * Loads, decides, appends at the revision that was decided on; when another append came first, loads and decides
 * again, a bounded number of times. Rejects with `RevisionConflict` when that was not enough, and as the store does.
 */
export async function decideAndAppend<
  State,
  Command,
  E extends DomainEvent,
  Others extends readonly unknown[],
>(context: CommandContext, change: StreamChange<State, Command, E, Others>): Promise<CommandReply> {
  const first = await attempt(context, change, 'presuming');
  if (first) return first;
  const again = async () => {
    const reply = await attempt(context, change, 'knowing');
    if (!reply) throw new RevisionConflict('others keep changing the streams');
    return reply;
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
 * null: nothing is stored, and it has to be decided again. A state that is only presumed may lead to an append, which
 * the expected revisions guard, and to nothing else: whoever was refused on it might just be repeating what is stored.
 */
async function attempt<State, Command, E extends DomainEvent, Others extends readonly unknown[]>(
  context: CommandContext,
  change: StreamChange<State, Command, E, Others>,
  how: 'presuming' | 'knowing',
): Promise<CommandReply | null> {
  const { commandId, store, place, onConflict } = context;
  const { decider, command, stream, part, readOthers, id } = change;
  const presumedNew = how === 'presuming' && change.presumedNew === true;
  const [loaded, others] = presumedNew
    ? [emptyStream(decider), await readOthers(false)]
    : await Promise.all([loadStream(store, stream, part, decider), readOthers(how === 'knowing')]);
  const { states, given } = others;
  const presumed = presumedNew || (how === 'presuming' && given !== undefined);

  const storedBefore = loaded.events.findLast(({ metadata }) => metadata.commandId === commandId);
  if (storedBefore) return acceptedAt(storedBefore.position, true, id);

  const decision = decider.decide(command, loaded.state, ...states);
  if (decision.outcome === 'accepted' && decision.events.length > 0) {
    const events = newEvents(context, decision.events);
    const result = await place.inTurn(() => store.append(stream, loaded.revision, events, given));
    if (result.outcome === 'appended') return acceptedAt(result.position, true, id);
    onConflict();
    return null;
  }
  if (presumed) return null;
  if (decision.outcome === 'refused') return decision;
  if (loaded.position === null) throw new Error('a command changed nothing where there is nothing');
  return acceptedAt(loaded.position, false, id);
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
