import { streamPrefixOf } from '../platform/event-store/stream-name.ts';
import { chats } from './chats/room.ts';
import { counters } from './counters/room.ts';
import { duels } from './duels/room.ts';
import { feed } from './feed/room.ts';
import { notifications } from './notifications/room.ts';
import { presence } from './presence/room.ts';
import { ADD_SUPERSEDED, CREATE_PROGRESS, LET_OPERATORS_IN } from './progress/tables.ts';
import { relationships } from './relationships/room.ts';
import type { EventType, Room } from './room.ts';
import { tournaments } from './tournaments/room.ts';
import { users } from './users/room.ts';

/** Read models whose rows follow from events of their own. */
export const EVENT_ROOMS = [
  users,
  presence,
  relationships,
  chats,
  tournaments,
  duels,
  notifications,
] as const;

/**
 * The one list of read models: migration, digest, rebuild and subscription follow from it. `counters` and `feed` come last:
 * they take what the others put out.
 */
export const ROOMS = [...EVENT_ROOMS, counters, feed] as const;

/** What they hold comes from all rooms. */
const FED_BY_ALL: readonly Room[] = [counters, feed];

/** These rooms and all that they build on, each after those that it needs. */
export function withNeeded(rooms: readonly Room[]): readonly Room[] {
  const needed = new Set<Room>();
  const add = (room: Room) => {
    for (const before of FED_BY_ALL.includes(room) ? EVENT_ROOMS : room.needs) add(before);
    needed.add(room);
  };
  for (const room of rooms) add(room);
  return ROOMS.filter((room) => needed.has(room));
}

/** Events that no read model needs. Whoever adds an event type either projects it in a room or names it here. */
export const IGNORED_EVENTS = [] as const satisfies readonly EventType[];

type PlacedEvent = (typeof ROOMS)[number]['projects'][number] | (typeof IGNORED_EVENTS)[number];

/** Does not compile while there is an event type that no room projects and that is not ignored either: the error names it. */
export const EVENTS_WITHOUT_PLACE: { readonly [Type in Exclude<EventType, PlacedEvent>]: never } = {};

export const PROJECTED_EVENTS: ReadonlySet<EventType> = new Set(
  EVENT_ROOMS.flatMap((room): readonly EventType[] => room.projects),
);

/** What the names of the streams that are projected start with. */
export const PROJECTED_STREAMS: readonly string[] = [
  ...new Set(Array.from(PROJECTED_EVENTS, streamPrefixOf)),
];

/** SQL by name, in any order: those of one room sort in the order of need. */
export const MIGRATIONS: Readonly<Record<string, string>> = Object.fromEntries([
  ['progress-1-create', CREATE_PROGRESS],
  ['progress-2-superseded', ADD_SUPERSEDED],
  ['progress-3-operators', LET_OPERATORS_IN],
  ...ROOMS.flatMap(({ migrations }) => Object.entries(migrations)),
]);
