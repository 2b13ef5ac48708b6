/** What a decision answers: the events to append (none when the command changes nothing) or a refusal's code. */
export type Decision<Event, Code extends string> =
  | { readonly outcome: 'accepted'; readonly events: readonly Event[] }
  | { readonly outcome: 'refused'; readonly code: Code };

/** An aggregate as three pure parts: where it starts, how an event changes it, what a command leads to. */
export interface Decider<
  State,
  Command,
  Event,
  Code extends string,
  Context extends readonly unknown[] = [],
> {
  readonly initial: State;
  /** Never throws and never refuses: what has happened has happened. */
  evolve(state: State, event: Event): State;
  /** Never throws. `context` is the state of other aggregates that this one's rules look at. */
  decide(command: Command, state: State, ...context: Context): Decision<Event, Code>;
}

export const accepted = <Event>(...events: Event[]): Decision<Event, never> => ({
  outcome: 'accepted',
  events,
});

export const refused = <Code extends string>(code: Code): Decision<never, Code> => ({
  outcome: 'refused',
  code,
});
