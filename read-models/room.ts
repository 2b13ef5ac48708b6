import type pg from 'pg';
import type { DomainEvent } from '../domain/domain-event.ts';
import type { RecordedEvent } from '../platform/event-store/event-store.ts';
import type { Audience } from '../protocol/pushes.ts';
import type { EventFrame, PresenceFrame } from '../protocol/server-frames.ts';
import type { Column } from './columns.ts';
import type { CounterName } from './counters/tables.ts';

export type EventType = DomainEvent['type'];

/** An event of this type, as it stands in the log. */
export type Recorded<Type extends EventType> = RecordedEvent<Extract<DomainEvent, { type: Type }>>;

/** Where a fold puts what follows from an event besides the room's own rows. Names of users are their keys. */
export interface Out {
  /** Pushed, and kept in the feed for those who resume. Frames of an event are numbered in the order in which they come. */
  frame(to: Audience, frame: EventFrame): void;
  /** Pushed; who resumes gets it from the room's own row. It is the only frame of its event, so its ordinal is 0. */
  rowFrame(to: Audience, frame: EventFrame): void;
  /** Pushed to those who are there and watch this user. Kept by nobody. */
  presence(userKey: string, frame: PresenceFrame): void;
  /** Nobody gets a frame of before any more that was for this user or says more of this user than the name: whoever resumes has to reload. */
  forget(userKey: string): void;
  /** Moves one of the user's counters. */
  count(userKey: string, counter: CounterName, by: number): void;
}

/** A read model as the projection service sees it. A folder beside this file makes one with `defineRoom`. */
export interface Room<Projected extends EventType = EventType, Rows = unknown> {
  readonly name: string;
  /** All of them follow from the log alone: the same events give the same rows. */
  readonly tables: readonly string[];
  /** What says which rows are left of them, in a table of its own. */
  readonly keptBy?: readonly string[] | undefined;
  /** Rooms that come before it in the registry's list, and that it builds on. */
  readonly needs: readonly Room[];
  /** Indexes that only queries need, not what changes the rows: whoever fills tables anew makes them afterwards. */
  readonly readBy?: readonly string[] | undefined;
  /** Of a table from which rows are removed in time: SQL that holds for those that are certainly there. By table. */
  readonly kept?: Readonly<Record<string, string>> | undefined;
  /**
   * SQL that makes the tables in the schema at the head of the search path. Its names start with the room's and sort in
   * the order of need; what has been run once is never run again.
   */
  readonly migrations: Readonly<Record<string, string>>;
  /** The events that change it. */
  readonly projects: readonly Projected[];
  /** For one leader's time, or until a write has failed. `together`: with the rooms that it needs, which are open there already. Throws when one is not. */
  open(together?: OpenedTogether): OpenRoom<Rows>;
  /**
   * For a room that comes later in the list and builds on this one: what this one keeps, which has loaded and projected each event
   * before. Throws unless it was opened with these.
   */
  rowsIn(together: OpenedTogether): Rows;
}

/** Stands for the rooms that one leader has open: the same object for all of them. */
export type OpenedTogether = object;

/** Runs queries one after the other, however many ask. Rejects with the database's error. */
export interface Database {
  query<Row extends pg.QueryResultRow>(query: string | pg.QueryConfig): Promise<pg.QueryResult<Row>>;
}

/**
 * What a leader holds of a room: rows that it remembers, and changes that are not written yet. Events come in log order,
 * each batch to `load` and then one by one to `project`; changes leave by `takeWrites` and are settled by `written`.
 * While taken changes are being written further batches are loaded and projected: what the database does not have yet
 * comes from memory.
 */
export interface OpenRoom<Rows = unknown> {
  readonly rows: Rows;
  /**
   * Reads the rows that these events build on, as far as they are not known: mostly nothing. A row that is not known has
   * no change under way. Rejects as the database does, also when it takes an event's ids for none.
   */
  load(database: Database, events: readonly RecordedEvent[]): Promise<void>;
  /**
   * Pure: no I/O, no clock. Whatever it throws is the event's fault, `UnprojectableEvent` when it contradicts those
   * before it; nothing has changed then.
   */
  project(event: RecordedEvent, out: Out): void;
  /** What has changed since the last time, at most one change a row; empty: nothing. What is known stays known. */
  takeWrites(): readonly TableWrite[];
  /** What was taken last is in the database: it may be forgotten now, and read again. Comes before the next `takeWrites`. */
  written(): void;
}

/** What a room keeps while it is open. Everything is as `OpenRoom` has it; writes of no rows are left out. */
export interface RoomRows {
  load?: OpenRoom['load'];
  takeWrites: OpenRoom['takeWrites'];
  written?: OpenRoom['written'];
}

/** How an event of this type changes the rows. Validates before it changes anything. */
type Handler<Rows, Type extends EventType> = (rows: Rows, event: Recorded<Type>, out: Out) => void;
type Handlers<Rows, Type extends EventType> = { readonly [Each in Type]: Handler<Rows, Each> };

/** Rooms that another one needs, by the names under which it has their rows. */
type Needs = Readonly<Record<string, Room>>;
type RowsOf<Needed extends Needs> = {
  readonly [Name in keyof Needed]: ReturnType<Needed[Name]['rowsIn']>;
};

/**
 * @example
 * export const tags = defineRoom({
 *   name: 'tags',
 *   tables: ['tags'],
 *   migrations: { 'tags-1': 'create table tags (…)' },
 *   open: () => new TagRows(),
 *   project: { TagAdded: (rows, { event }) => rows.add(event.data.tag) },
 * });
 */
export function defineRoom<
  Rows extends RoomRows,
  Projected extends EventType,
  Needed extends Needs = Record<never, Room>,
>(
  definition: Pick<Room, 'name' | 'tables' | 'keptBy' | 'readBy' | 'kept' | 'migrations'> & {
    /** What these keep is all that `open` gets of other rooms. */
    readonly needs?: Needed;
    readonly open: (before: RowsOf<Needed>) => Rows;
    readonly project: Handlers<Rows, Projected> & Partial<Handlers<Rows, EventType>>;
  },
): Room<Projected, Rows> {
  const { name, tables, keptBy, readBy, kept, migrations, needs, open, project } = definition;
  const projects: Projected[] = [];
  const handlers: Handlers<Rows, Projected> = project;
  for (const type in handlers) projects.push(type);
  const opened = new WeakMap<OpenedTogether, Rows>();
  return {
    name,
    tables,
    keptBy,
    needs: Object.values(needs ?? {}),
    readBy,
    kept,
    migrations,
    projects,
    open(together = {}) {
      const rows = open(rowsOf(needs, together));
      opened.set(together, rows);
      return {
        rows,
        load: async (database, events) => rows.load?.(database, events),
        project: (event, out) => handle(project, event.event.type, rows, event, out),
        takeWrites: () => rows.takeWrites().filter((write) => write.rows > 0),
        written: () => rows.written?.(),
      };
    },
    rowsIn(together) {
      const rows = opened.get(together);
      if (!rows) throw new Error(`the room ${name} is not open there`);
      return rows;
    },
  };
}

const rowsOf = <Needed extends Needs>(needs: Needed | undefined, together: OpenedTogether): RowsOf<Needed> =>
  Object.fromEntries(
    Object.entries(needs ?? {}).map(([name, room]) => [name, room.rowsIn(together)]),
  ) as RowsOf<Needed>;

const handle = <Rows, Type extends EventType>(
  handlers: Partial<Handlers<Rows, EventType>>,
  type: Type,
  rows: Rows,
  event: Recorded<Type>,
  out: Out,
): void => handlers[type]?.(rows, event, out);

/**
 * A part of the one statement: writes rows given column by column, but only where there is a row in `fence`. It is planned once, perhaps
 * while its table is known to be empty: from a table that often is, rows are deleted by an array of their keys. Of a join the plan might
 * have it that the whole table is read for each of them, also once it is big.
 */
export interface TableWrite {
  /** Of its part in the statement; no other write of any room has it. */
  readonly name: string;
  /** `:rows` stands for the rows of `columns`. */
  readonly sql: string;
  /** How many. */
  readonly rows: number;
  readonly columns: readonly Column[];
}

/** A place in the log as events name it; null: none that any event has. */
export const placeIn = (text: string): bigint | null => (/^\d{1,18}$/.test(text) ? BigInt(text) : null);

/** An event that contradicts those before it, or has another shape. The message goes to logs and operators: no content, no names. */
export class UnprojectableEvent extends Error {
  override readonly name = 'UnprojectableEvent';
}

/** For what is computed from events alone: whatever `compute` throws is their fault. Throws `UnprojectableEvent`. */
export function fromEvents<Result>(compute: () => Result): Result {
  try {
    return compute();
  } catch (error) {
    if (error instanceof UnprojectableEvent) throw error;
    throw new UnprojectableEvent(
      error instanceof Error ? `${error.name}${placeOf(error)}` : 'unknown failure',
    );
  }
}

/** Where in the code it was thrown, as ` at setLike (chats/room.ts:74)`: its message could quote what people said. */
function placeOf({ stack = '' }: Error): string {
  const [, name = 'somewhere', place] =
    /\n\s+at (?:(.+) \()?.*?([^/\\]+[/\\][^/\\]+:\d+):\d+\)?$/m.exec(stack) ?? [];
  return place === undefined ? '' : ` at ${name} (${place})`;
}
