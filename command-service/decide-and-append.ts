import pRetry from 'p-retry';
import { v5 as uuidFromName } from 'uuid';
import type { Decider, Issued } from '../domain/decider.ts';
import type { DomainEvent } from '../domain/domain-event.ts';
import {
  type AppendCondition,
  type EventMetadata,
  type EventStore,
  EventStoreUnavailable,
  type NewEvent,
  type ReadOptions,
} from '../platform/event-store/event-store.ts';
import type { StreamName } from '../platform/event-store/stream-name.ts';
import type { CommandReply } from '../protocol/commands.ts';
import type { ErrorCode } from '../protocol/error-codes.ts';
import { emptyStream, loadStream } from './load-stream.ts';

/** As many as whoever gives one command by itself needs, and a service unless it is told otherwise. */
export const CONFLICT_RETRIES = 8;

/** What has to be known of a command, besides the command itself, to carry it out. */
export interface CommandContext extends Cause {
  /** By `performance.now()`. Whoever asked is gone then: reads, decisions and appends that have not begun are not begun. */
  readonly deadline: number;
  /** It was asked for before, so that most likely it is stored. */
  readonly askedBefore: boolean;
  readonly store: EventStore;
  /** Its place among the commands of its request. */
  readonly order: AppendOrder;
  /** After a first decision and a second one at once, so many more are made when others keep changing the stream. */
  readonly conflictRetries: number;
  /** Called each time that an append came too late. */
  readonly onConflict: () => void;
}

/** How a command changes a stream. */
export interface StreamChange<State, Command extends Issued, E extends DomainEvent, Context> {
  readonly decider: Decider<State, Command, E, ErrorCode, Context>;
  readonly stream: StreamName<E>;
  /** How much of the stream makes up the state. */
  readonly part: ReadOptions;
  /** The stream most likely does not exist yet: it is read only when that turns out to be wrong. */
  readonly presumedNew?: boolean;
  /** What else the rules look at; as it is in the log now if `fresh`, else perhaps as it once was. */
  readonly loadContext: (fresh: boolean) => Promise<DecisionContext<Context>>;
  /** Answered with an acceptance. */
  readonly id?: string;
  /** Tells this append of the command from its others; none when it is the only one. */
  readonly step?: string;
  /** An id of what the step belongs to, when another command may take it as well and store the same; none: the command's. */
  readonly stepOf?: string;
}

export interface DecisionContext<Context> {
  readonly value: Context;
  /**
   * On which the append rests. None: the context was read for this decision alone, or never changes. What it once allowed
   * to be done has been done: a command that finds nothing left to store is accepted on it, however old it is.
   */
  readonly condition?: AppendCondition;
}

/** What a decision is made on. */
interface Grounds {
  /** The stream does not exist, as far as anybody knows. */
  readonly presumedNew: boolean;
  /** The context is as it is in the log now. */
  readonly fresh: boolean;
}

const CERTAIN: Grounds = { presumedNew: false, fresh: true };

/**
 * Loads, decides, appends at the revision that was decided on; when another append came first, loads what was outdated
 * and decides again, a bounded number of times. Rejects with `RevisionConflict` when that was not enough, with
 * `DeadlinePassed` when there is no time for it, and as the store does.
 */
export async function decideAndAppend<State, Command extends Issued, E extends DomainEvent, Context>(
  command: Command,
  change: StreamChange<State, Command, E, Context>,
  context: CommandContext,
): Promise<CommandReply> {
  const presumedNew = change.presumedNew === true && !context.askedBefore;
  const first = await attempt(command, change, context, { presumedNew, fresh: false });
  if ('outcome' in first) return first;
  let grounds = first;
  const again = async () => {
    const result = await attempt(command, change, context, grounds);
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
 * Grounds: nothing is stored, decide again on those. A guess (a stream presumed new, a remembered context) may only
 * lead to an append, because there the expected revision and the condition verify it. A refusal on a guess is looked at again:
 * whoever was refused might just be repeating what is stored.
 */
async function attempt<State, Command extends Issued, E extends DomainEvent, Context>(
  command: Command,
  change: StreamChange<State, Command, E, Context>,
  context: CommandContext,
  grounds: Grounds,
): Promise<CommandReply | Grounds> {
  const { store, order, deadline, onConflict } = context;
  const { decider, stream, part, loadContext, id } = change;
  const causationId = causationOf(context, change);
  const { presumedNew, fresh } = grounds;
  if (performance.now() > deadline) throw new DeadlinePassed('no time to decide');
  const [loaded, { value, condition }] = presumedNew
    ? [emptyStream(decider), await loadContext(fresh)]
    : await Promise.all([loadStream(store, stream, { ...part, deadline }, decider), loadContext(fresh)]);

  const storedBefore = loaded.events.findLast(({ metadata }) => metadata.causationId === causationId);
  if (storedBefore) return acceptedAt(storedBefore.position, true, id);

  const decision = decider.decide(command, loaded.state, value);
  if (decision.outcome === 'accepted' && decision.events.length > 0) {
    const events = newEvents(context, decision.events, causationId);
    const result = await order.run(() => {
      if (performance.now() > deadline) throw new DeadlinePassed('no time to append');
      return store.append(stream, loaded.revision, events, condition, deadline);
    });
    if (result.outcome === 'appended') return acceptedAt(result.position, true, id);
    onConflict();
    return result.outcome === 'outdated' ? { presumedNew, fresh: true } : { presumedNew: false, fresh };
  }
  const certain = !presumedNew && (fresh || condition === undefined);
  if (decision.outcome === 'refused') return certain ? decision : attempt(command, change, context, CERTAIN);
  if (loaded.position !== null) return acceptedAt(loaded.position, false, id);
  // Whoever waits for it has seen it.
  if (certain) return acceptedAt(NOTHING_YET, false, id);
  return attempt(command, change, context, CERTAIN);
}

/** Before every place of the log. */
const NOTHING_YET = -1n;

export const acceptedAt = (position: bigint, changed: boolean, id?: string): CommandReply => ({
  outcome: 'accepted',
  position: position.toString(),
  changed,
  ...(id !== undefined && { id }),
});

/** However often it was decided, another append to one of the streams came first. Nothing is stored. */
export class RevisionConflict extends Error {
  override readonly name = 'RevisionConflict';
}

/** Whoever asked gives up before it could be done. Nothing more is stored. */
export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';
}

/** Whether it may go well when it is tried again. */
export const isTransient = (error: unknown): boolean =>
  error instanceof EventStoreUnavailable ||
  error instanceof RevisionConflict ||
  error instanceof DeadlinePassed;

export interface Cause {
  readonly commandId: string;
  readonly correlationId: string;
  /** Username of the one who gave the command. */
  readonly actor: string;
  /** Of its trace; none: it is not traced. */
  readonly traceparent?: string | undefined;
}

/** Of events whose type has one version alone; what seals people's words writes the next one of theirs. */
const SCHEMA_VERSION = '1';

/** What the ids of a change's events derive from: the same step leads to the same event ids, so the store recognises an append that is repeated. */
export const causationOf = (
  { commandId }: Pick<Cause, 'commandId'>,
  { step, stepOf = commandId }: { readonly step?: string; readonly stepOf?: string },
): string => (step === undefined ? stepOf : uuidFromName(`step ${step}`, stepOf));

/** No two events of a command share an id: each of its appends has a causation of its own. */
export const newEvents = <E extends DomainEvent>(
  { commandId, correlationId, actor, traceparent }: Cause,
  events: readonly E[],
  causationId: string,
): NewEvent<E>[] => {
  const metadata: EventMetadata = {
    commandId,
    correlationId,
    causationId,
    actor,
    schemaVersion: SCHEMA_VERSION,
    ...(traceparent !== undefined && { traceparent }),
  };
  return events.map((event, index) => ({ id: eventId(causationId, index), event, metadata }));
};

/** Nearly every command makes one append of one event: that one takes the command's own id, which costs no hash. */
const eventId = (causationId: string, index: number): string =>
  index === 0 ? causationId : uuidFromName(String(index), causationId);

/**
 * Decided in parallel, appended in order: attempt n of a command starts after attempt n of every earlier command of its
 * request that is not finished. An earlier one that takes longer to decide is waited for, but not until it has been
 * repeated; and nobody waits for one that is finished.
 */
export class AppendOrder {
  readonly #earlier: AppendOrder | undefined;
  #attempts = 0;
  #isReleased = false;
  #waiting: (() => void)[] = [];

  /** Of one command; `earlier` is that of the command before it, none for the first of a request. */
  constructor(earlier?: AppendOrder) {
    this.#earlier = earlier;
  }

  /** Starts `append`, the command's next attempt, when it is its turn; settles as `append` does. */
  async run<Result>(append: () => Promise<Result>): Promise<Result> {
    const attempt = this.#attempts + 1;
    await this.#earlier?.waitFor(attempt);
    this.#attempts = attempt;
    this.#wake();
    return append();
  }

  /** The command is finished and appends no more: later ones go on without it. */
  release(): void {
    this.#isReleased = true;
    this.#wake();
  }

  /** Resolves when so many attempts of this command, and of every earlier one, have started, or never will. */
  async waitFor(attempts: number): Promise<void> {
    while (this.#attempts < attempts && !this.#isReleased)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#attempts < attempts) await this.#earlier?.waitFor(attempts);
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
