/** What a decision answers: the events to append (none when the command changes nothing) or a refusal's code. */
export type Decision<Event, Code extends string> =
  | { readonly outcome: 'accepted'; readonly events: readonly Event[] }
  | { readonly outcome: 'refused'; readonly code: Code };

/** What every command says besides what it asks for. */
export interface Issued {
  /** Username of the one who gave it. */
  readonly actor: string;
  /** When it came, ISO 8601 UTC with milliseconds. */
  readonly date: string;
}

/**
 * An aggregate as three pure parts: where it starts, how an event changes it, what a command leads to. `Context` is what
 * its rules look at besides: other aggregates, as they were when it was decided.
 */
export interface Decider<State, Command extends Issued, Event, Code extends string, Context = void> {
  readonly initial: State;
  /** Never throws and never refuses: what has happened has happened. */
  readonly evolve: (state: State, event: Event) => State;
  /** Never throws. */
  readonly decide: (command: Command, state: State, context: Context) => Decision<Event, Code>;
}

export const accepted = <Event>(...events: Event[]): Decision<Event, never> => ({
  outcome: 'accepted',
  events,
});

export const refused = <Code extends string>(code: Code): Decision<never, Code> => ({
  outcome: 'refused',
  code,
});
