import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import { formatCursor } from '../../protocol/cursor.ts';
import type { Audience } from '../../protocol/pushes.ts';
import { type EventFrame, eventText } from '../../protocol/server-frames.ts';
import { chatsRoom } from '../../read-models/chats/room.ts';
import { counters } from '../../read-models/counters/room.ts';
import { feed } from '../../read-models/feed/room.ts';
import { MIGRATIONS, ROOMS } from '../../read-models/registry.ts';
import { relationships } from '../../read-models/relationships/room.ts';
import type { OpenRoom, Out, TableWrite } from '../../read-models/room.ts';
import { users } from '../../read-models/users/room.ts';
import { anyStory } from '../projection-service/any-story.ts';
import { silent } from '../projection-service/read-side.ts';
import { TEST_LOG } from '../projection-service/scripted-log.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const FORGETFUL = { chats: 1, users: 1, numbers: 1 };

const step = fc.record({
  events: fc.integer({ min: 1, max: 6 }),
  next: fc.constantFrom(
    'fold on',
    'fold on',
    'begin to write',
    'begin to write',
    'end the write',
    'end the write',
    'start over',
  ),
});

describe('rooms', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let schemas = 0;
  beforeAll(async () => {
    database = await createTestDatabase();
    pool = createPostgresPool({ url: database.url, applicationName: 'test', max: 2, logger: silent });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  it('have the same rows whenever they are written, however little is remembered, and whoever goes on', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyStory,
        fc.array(step, { maxLength: 40 }),
        fc.constantFrom(undefined, FORGETFUL),
        async ({ events }, steps, remembered) => {
          const atOnce = await Leader.make(pool, `at_once_${++schemas}`);
          await atOnce.fold(events);
          await atOnce.beginWrite();
          await atOnce.endWrite();
          const leader = await Leader.make(pool, `step_by_step_${schemas}`, remembered);
          for (const { events: size, next } of steps) {
            await leader.fold(events.slice(leader.folded, leader.folded + size));
            if (next === 'begin to write') await leader.beginWrite();
            if (next === 'end the write') await leader.endWrite();
            if (next === 'start over') leader.startOver();
          }
          await leader.fold(events.slice(leader.folded));
          for (const _ of ['under way', 'the rest']) {
            await leader.endWrite();
            await leader.beginWrite();
          }
          await leader.endWrite();
          expect(await leader.rows()).toEqual(await atOnce.rows());
        },
      ),
      { numRuns: 40 },
    );
  });
});

/** Folds and writes as a projection service does, step by step. */
class Leader {
  /** How many events. */
  folded = 0;
  #written = 0;
  #writing: { readonly writes: readonly TableWrite[]; readonly upTo: number } | null = null;
  readonly #pool: pg.Pool;
  readonly #schema: string;
  readonly #remembered: typeof FORGETFUL | undefined;
  #rooms: OpenRooms;

  private constructor(pool: pg.Pool, schema: string, remembered?: typeof FORGETFUL) {
    this.#pool = pool;
    this.#schema = schema;
    this.#remembered = remembered;
    this.#rooms = openRooms(remembered);
  }

  static async make(pool: pg.Pool, schema: string, remembered?: typeof FORGETFUL): Promise<Leader> {
    await pool.query(`create schema ${schema}`);
    const leader = new Leader(pool, schema, remembered);
    for (const sql of Object.values(MIGRATIONS)) await leader.#query({ text: sql });
    return leader;
  }

  async fold(events: readonly RecordedEvent[]): Promise<void> {
    for (const room of this.#rooms.all) {
      await room.load({ query: (query) => this.#query(query) }, events);
    }
    for (const event of events)
      for (const room of this.#rooms.all) room.project(event, outOf(this.#rooms, event));
    this.folded += events.length;
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
    this.#rooms = openRooms(this.#remembered);
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

function openRooms(remembered?: typeof FORGETFUL) {
  const [openCounters, openFeed] = [counters.open(), feed.open()];
  const all: OpenRoom[] = [users, relationships, chatsRoom(remembered)].map((room) => room.open());
  return { all: [...all, openCounters, openFeed], counters: openCounters.rows, feed: openFeed.rows };
}

type OpenRooms = ReturnType<typeof openRooms>;

function outOf({ counters, feed }: OpenRooms, { event, position }: RecordedEvent): Out {
  let ordinal = 0;
  return {
    frame(to: Audience, frame: EventFrame) {
      const cursor = { position, ordinal: ordinal++, log: TEST_LOG };
      feed.keep({ to, cursor, date: event.data.date, text: eventText(frame, formatCursor(cursor)) });
    },
    rowFrame() {},
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
