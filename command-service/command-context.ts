import type { EventStore } from '../platform/event-store/event-store.ts';
import type { Cause } from './new-events.ts';
import type { PlaceInLine } from './place-in-line.ts';
import type { RelationshipMemory } from './relationship-memory.ts';

/** What a handler knows besides the command itself. */
export interface CommandContext extends Cause {
  /** When the command arrived, ISO 8601 UTC with milliseconds. */
  readonly date: string;
  /** By `performance.now()`: whoever asked is gone then, and whatever has not been begun is not begun. */
  readonly deadline: number;
  /** It was asked for before, so that most likely it is stored. */
  readonly askedBefore: boolean;
  readonly store: EventStore;
  /** Everything is appended in turn. */
  readonly place: PlaceInLine;
  readonly relationships: RelationshipMemory;
  /** After a first decision and a second one at once, so many more are made when others keep changing the stream. */
  readonly conflictRetries: number;
  /** Called each time that an append came too late. */
  readonly onConflict: () => void;
}

/** Whoever asked gives up before it could be done. Nothing more is stored. */
export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';
}
