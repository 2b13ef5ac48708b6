import { expect } from 'vitest';
import type { Decider, Issued } from '../../domain/decider.ts';

/**
 * Reads as given (what has happened), when (a command comes, others being in this state), then (what it leads to).
 *
 * @example
 * const given = specification(userDecider);
 * given().when(registerAnn).thenEvents(annRegistered);
 * given(annRegistered).when(registerAnn).thenRefused('username_taken');
 */
export function specification<State, Command extends Issued, Event, Code extends string, Context>(
  decider: Decider<State, Command, Event, Code, Context>,
) {
  return (...history: readonly Event[]) => ({
    when(command: Command, context: Context) {
      const state = history.reduce<State>(decider.evolve, decider.initial);
      const decision = decider.decide(command, state, context);
      return {
        /** Not called `then`, which would make it look like a promise. */
        thenEvents: (...events: readonly Event[]) =>
          expect(decision).toEqual({ outcome: 'accepted', events }),
        /** Accepted, because it is so already. */
        thenNothing: () => expect(decision).toEqual({ outcome: 'accepted', events: [] }),
        thenRefused: (code: Code) => expect(decision).toEqual({ outcome: 'refused', code }),
      };
    },
  });
}
