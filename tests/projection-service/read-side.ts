import type pg from 'pg';
import { pino } from 'pino';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import { type Leadership, waitForLeadership } from '../../projection-service/leadership.ts';
import { projectBatch } from '../../projection-service/project-carefully.ts';
import { migrateReadModels } from '../../read-models/migrate.ts';
import type { ReadModels } from '../../read-models/read-models.ts';
import { openReadModels } from '../../read-models/read-models.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { TEST_LOG } from './scripted-log.ts';

export const silent = pino({ level: 'silent' });

/** A database for one test file, with as many read sides in schemas of their own as its tests want. */
export interface ReadSides {
  readonly pool: pg.Pool;
  readonly url: string;
  freshSchema(): string;
  /** Read models that a test projects into by hand; without another word they count as filled. */
  open(schema?: string, filled?: boolean): Promise<ReadSide>;
  /** Gives back the connections of those that were opened; their models go on answering. */
  release(): Promise<void>;
  close(): Promise<void>;
}

export interface ReadSide {
  readonly schema: string;
  readonly models: ReadModels;
  readonly leadership: Leadership;
  /** In batches of these sizes, the last of what is left; one batch without. */
  project(events: readonly RecordedEvent[], sizes?: readonly number[]): Promise<void>;
  rows(statement: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export async function openReadSides(): Promise<ReadSides> {
  const database = await createTestDatabase();
  const pool = createPostgresPool({ url: database.url, applicationName: 'test', max: 20, logger: silent });
  const open: ReadSide[] = [];
  let schemas = 0;
  const release = async () => {
    for (const side of open.splice(0)) await side.close();
  };
  const freshSchema = () => `read_${++schemas}`;
  return {
    pool,
    url: database.url,
    freshSchema,
    async open(schema = freshSchema(), filled = true) {
      const side = await openReadSide(pool, schema, filled);
      open.push(side);
      return side;
    },
    release,
    async close() {
      await release();
      await pool.end();
      await database.drop();
    },
  };
}

async function openReadSide(pool: pg.Pool, schema: string, filled: boolean): Promise<ReadSide> {
  await migrateReadModels(pool, schema);
  await pool.query(`update ${schema}.checkpoints set filled = $1, log = $2`, [filled, TEST_LOG]);
  const signal = new AbortController().signal;
  const leadership = await waitForLeadership(pool, schema, { signal, limits: { pollMs: 20 } });
  if (!leadership) throw new Error('not leading');
  let released = false;
  return {
    schema,
    leadership,
    models: openReadModels({ pool, schema, logger: silent }),
    async project(events, sizes = []) {
      const left = [...events];
      for (const size of [...sizes, left.length]) {
        const batch = left.splice(0, size);
        const position = batch.at(-1)?.position;
        if (position !== undefined)
          await projectBatch(leadership, { events: batch, position, caughtUp: filled });
      }
    },
    rows: async (statement) => (await leadership.client.query(statement)).rows,
    async close() {
      if (!released) await leadership.release();
      released = true;
    },
  };
}
