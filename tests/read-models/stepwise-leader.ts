import type pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import { formatCursor } from '../../protocol/cursor.ts';
import { eventText } from '../../protocol/frame-texts.ts';
import type { Audience } from '../../protocol/pushes.ts';
import type { EventFrame } from '../../protocol/server-frames.ts';
import { chatsRoom } from '../../read-models/chats/room.ts';
import { counters } from '../../read-models/counters/room.ts';
import { duelsRoom } from '../../read-models/duels/room.ts';
import type { DuelRows } from '../../read-models/duels/rows.ts';
import { personIn } from '../../read-models/feed/person-in.ts';
import { feed } from '../../read-models/feed/room.ts';
import { notificationsRoom } from '../../read-models/notifications/room.ts';
import { presence } from '../../read-models/presence/room.ts';
import { MIGRATIONS, ROOMS } from '../../read-models/registry.ts';
import { relationshipsRoom } from '../../read-models/relationships/room.ts';
import type { RelationshipRows } from '../../read-models/relationships/rows.ts';
import type { Database, OpenRoom, Out, TableWrite } from '../../read-models/room.ts';
import { tournamentsRoom } from '../../read-models/tournaments/room.ts';
import type { TournamentRows } from '../../read-models/tournaments/rows.ts';
import { type UserRows, usersRoom } from '../../read-models/users/room.ts';
import { silent } from '../projection-service/read-side.ts';
import { TEST_LOG } from '../projection-service/scripted-log.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

export const FORGETFUL = {
  chats: 1,
  users: 1,
  numbers: 1,
  stances: 1,
  blockers: 1,
  profiles: 0,
  tournaments: 1,
  nodes: 1,
  inboxes: 0,
  notifications: 0,
  exceptions: 0,
  duels: 0,
  inviters: 2,
};

type Remembered = typeof FORGETFUL;

/** What a leader does next, after it has folded so many events. */
export interface Step {
  readonly events: number;
  /** See `Leader.fold`. */
  readonly writeEnds: number;
  readonly next: 'fold on' | 'begin to write' | 'end the write' | 'start over';
}

/** Rooms of a test that build on the others' rows and have none of their own. */
type Watching = (rooms: {
  users: UserRows;
  relationships: RelationshipRows;
  tournaments: TournamentRows;
  duels: DuelRows;
}) => readonly OpenRoom[];

/** Folds and writes as a projection service does, step by step. */
export class Leader {
  /** How many events. */
  folded = 0;
  #written = 0;
  #writing: { readonly writes: readonly TableWrite[]; readonly upTo: number } | null = null;
  readonly #pool: pg.Pool;
  readonly #schema: string;
  readonly #remembered: Remembered | undefined;
  readonly #watching: Watching;
  #rooms: OpenRooms;

  private constructor(pool: pg.Pool, schema: string, remembered: Remembered | undefined, watching: Watching) {
    this.#pool = pool;
    this.#schema = schema;
    this.#remembered = remembered;
    this.#watching = watching;
    this.#rooms = openRooms(remembered, watching);
  }

  static async make(
    pool: pg.Pool,
    schema: string,
    remembered?: Remembered,
    watching: Watching = () => [],
  ): Promise<Leader> {
    await pool.query(`create schema ${schema}`);
    const leader = new Leader(pool, schema, remembered, watching);
    for (const sql of Object.values(MIGRATIONS)) await leader.#query({ text: sql });
    return leader;
  }

  /** `writeEnds`: a write that is under way ends after so many answers were read, and before a room has the last of them. */
  async fold(events: readonly RecordedEvent[], writeEnds = 0): Promise<void> {
    let answers = 0;
    const database: Database = {
      query: async <Row extends pg.QueryResultRow>(query: string | pg.QueryConfig) => {
        const answer = await this.#query<Row>(query);
        if (++answers === writeEnds) await this.endWrite();
        return answer;
      },
    };
    for (const room of this.#rooms.all) await room.load(database, events);
    for (const event of events) {
      const out = outOf(this.#rooms, event);
      for (const room of this.#rooms.all) room.project(event, out);
    }
    this.folded += events.length;
  }

  /** Takes these steps, and folds what is left after them. */
  async play(events: readonly RecordedEvent[], steps: readonly Step[]): Promise<void> {
    for (const { events: size, writeEnds, next } of steps) {
      await this.fold(events.slice(this.folded, this.folded + size), writeEnds);
      if (next === 'begin to write') await this.beginWrite();
      if (next === 'end the write') await this.endWrite();
      if (next === 'start over') this.startOver();
    }
    await this.fold(events.slice(this.folded));
  }

  /** Both what is under way and the rest. */
  async writeAll(): Promise<void> {
    await this.endWrite();
    await this.beginWrite();
    await this.endWrite();
  }

  async beginWrite(): Promise<void> {
    if (this.#writing) return;
    const writes = this.#rooms.all.flatMap((room) => room.takeWrites());
    this.#writing = { writes, upTo: this.folded };
  }

  async endWrite(): Promise<void> {
    if (!this.#writing) return;
    const { writes, upTo } = this.#writing;
    if (writes.length > 0) await this.#query(statementOf(writes));
    for (const room of this.#rooms.all) room.written();
    this.#written = upTo;
    this.#writing = null;
  }

  /** As the next leader: what was not written is folded again. */
  startOver(): void {
    this.#rooms = openRooms(this.#remembered, this.#watching);
    this.#writing = null;
    this.folded = this.#written;
  }

  async rows(): Promise<Record<string, unknown>> {
    const rows: Record<string, unknown> = {};
    for (const table of ROOMS.flatMap(({ tables }) => tables)) {
      const { rows: found } = await this.#query({ text: `select r::text from ${table} r order by 1` });
      rows[table] = found.map(({ r }) => r);
    }
    return rows;
  }

  query<Row extends pg.QueryResultRow>(text: string): Promise<pg.QueryResult<Row>> {
    return this.#query({ text });
  }

  async #query<Row extends pg.QueryResultRow>(query: string | pg.QueryConfig): Promise<pg.QueryResult<Row>> {
    const client = await this.#pool.connect();
    try {
      await client.query(`set search_path to ${this.#schema}`);
      return await client.query(query);
    } finally {
      client.release();
    }
  }
}

function openRooms(remembered: Remembered | undefined, watching: Watching) {
  const [openCounters, openFeed] = [counters.open(), feed.open()];
  const together = {};
  const users = usersRoom(remembered?.profiles);
  const relationships = relationshipsRoom(remembered);
  const tournaments = tournamentsRoom(remembered);
  const duels = duelsRoom(remembered, { users, relationships });
  const notifications = notificationsRoom(remembered, { users, relationships, tournaments });
  const rooms = [users, presence, relationships, chatsRoom(remembered), tournaments, duels, notifications];
  const all: OpenRoom[] = rooms.map((room) => room.open(together));
  const watched = {
    users: users.rowsIn(together),
    relationships: relationships.rowsIn(together),
    tournaments: tournaments.rowsIn(together),
    duels: duels.rowsIn(together),
  };
  all.push(...watching(watched), openCounters, openFeed);
  return { all, counters: openCounters.rows, feed: openFeed.rows };
}

type OpenRooms = ReturnType<typeof openRooms>;

function outOf({ counters, feed }: OpenRooms, { event, position }: RecordedEvent): Out {
  let ordinal = 0;
  return {
    frame(to: Audience, frame: EventFrame) {
      const cursor = { position, ordinal: ordinal++, log: TEST_LOG };
      feed.keep({
        to,
        cursor,
        date: event.data.date,
        text: eventText(frame, formatCursor(cursor)),
        about: personIn(frame),
      });
    },
    rowFrame() {},
    forget: (userKey) => feed.forget(userKey),
    presence() {},
    count: (userKey, counter, by) => counters.add(userKey, counter, by),
  };
}

function statementOf(writes: readonly TableWrite[]): pg.QueryConfig {
  let parameters = 0;
  const parts = writes.map(({ name, sql, columns }) => {
    const arrays = columns.map(({ array }) => `unnest(${array.replace('?', () => `$${++parameters}`)})`);
    return `${name} as (${sql.replace(':rows', `(select ${arrays.join()})`)})`;
  });
  return {
    text: `with fence as (select 1), ${parts.join(', ')} select 1`,
    values: writes.flatMap(({ columns }) => columns.map(({ parameter }) => parameter)),
  };
}

/** A database for the tests of a `describe`, in which each leader makes a schema of its own. */
export function useLeaderDatabase(): { readonly pool: pg.Pool } {
  let database: TestDatabase;
  let pool: pg.Pool;
  beforeAll(async () => {
    database = await createTestDatabase();
    pool = createPostgresPool({ url: database.url, applicationName: 'test', max: 2, logger: silent });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });
  return {
    get pool() {
      return pool;
    },
  };
}
