import { type Expression, Kysely, PostgresDialect, sql } from 'kysely';
import type pg from 'pg';
import type { Logger } from 'pino';
import { isUnavailable } from '../platform/postgres/is-unavailable.ts';
import { preparedDialect } from '../platform/postgres/prepared-dialect.ts';
import { type Given, prepareQuery } from '../platform/postgres/prepared-query.ts';
import { type Cursor, cursorAfter } from '../protocol/cursor.ts';
import { areMissing, FollowedSchema, Superseded } from './followed-schema.ts';
import type { CheckpointsTable } from './progress/tables.ts';
import { schemaInUse } from './schema-name.ts';
import type { ReadTables } from './tables.ts';

/** What a query found, and when: it holds everything up to there and nothing after it. */
export interface Snapshot<Answer> {
  readonly answer: Answer;
  readonly upTo: Cursor;
}

/** Its message says why, for an operator. */
export class ReadModelsUnavailable extends Error {
  override readonly name = 'ReadModelsUnavailable';
}

/** What one statement has read, and from which snapshot. */
export interface Read<Row> {
  readonly rows: Row[];
  /** The checkpoint of that snapshot. */
  readonly upTo: Cursor;
  /** See `checkpoints.epoch`. */
  readonly epoch: bigint;
}

/** What queries are made of. */
export interface Reads {
  /** To build queries with. Their tables get the schema when they are prepared. */
  readonly db: Kysely<ReadTables>;
  /**
   * A query that is built and compiled once for each version of the read models, as `prepareQuery` has it. One statement reads the rows and the checkpoint, so
   * they are of one snapshot, also when there are no rows. Rows may have further columns than `Row` says.
   *
   * Rejects with `ReadModelsUnavailable` when the database is away or has no read models, or while they are being filled:
   * those are as good as none, as lists would lack what was said long ago, and a tab that were welcomed might never hear what
   * is said now.
   */
  prepare<Values, Row>(
    build: (given: Given<Values>) => Expression<Row>,
  ): (values: Values) => Promise<Read<Row>>;
}

export interface ReadsOptions {
  /** Stays the caller's; its `bigint` columns must be bigints. */
  readonly pool: pg.Pool;
  /** These read models alone; without it those in use, whichever they are. */
  readonly schema?: string | undefined;
  readonly logger: Logger;
}

/**
 * Reads of the read models in use. One that finds in its own snapshot that others have come into use is done again on those: it fails
 * no more than any other, and none is of an earlier place in the log than one before it.
 */
export function createReads({ pool, schema, logger }: ReadsOptions): Reads {
  const db = new Kysely<ReadTables>({ dialect: preparedDialect(pool) });
  const followed = new FollowedSchema(async () => schema ?? schemaInUse(pool));
  return {
    db,
    prepare<Values, Row>(build: (given: Given<Values>) => Expression<Row>) {
      const findIn = madeOnce((name) => {
        const tables = db.withSchema(name);
        return prepareQuery(tables, (given: Given<Values>) => withCheckpoint(tables, build(given)));
      });
      return (values: Values) =>
        unlessUnavailable(logger, () => followed.read(async (name) => readOf(await findIn(name)(values))));
    },
  };
}

/** Makes it again only for another name than the last time: of versions that are over nothing is kept. */
function madeOnce<Made>(make: (name: string) => Made): (name: string) => Made {
  let latest: { readonly name: string; readonly made: Made } | undefined;
  return (name) => {
    if (latest?.name !== name) latest = { name, made: make(name) };
    return latest.made;
  };
}

/**
 * Every row with the checkpoint; where there are none, a row with the checkpoint alone. Rows stay in their order: that of
 * the checkpoint is one, and the others are joined to it as they come.
 */
const withCheckpoint = <Row>(db: Kysely<ReadTables>, rows: Expression<Row>) =>
  db
    .selectFrom(checkpointOf(db).as('c'))
    .leftJoin(sql<object>`(select q.*, true as is_row from ${rows} q)`.as('found'), (join) => join.onTrue())
    .selectAll()
    .$castTo<Row & RowOfSnapshot>();

/** The offset has it written once, and not anew for each row. */
const checkpointOf = (db: Kysely<ReadTables>) =>
  db
    .selectFrom('checkpoints')
    .select(
      sql<
        string | null
      >`case when superseded then '${sql.raw(SUPERSEDED)}' when filled then concat_ws('.', position, epoch, log) end`.as(
        'checkpoint',
      ),
    )
    .offset(sql.lit(0));

/** In place of a checkpoint. */
const SUPERSEDED = 'superseded';

interface RowOfSnapshot {
  /** `<position>.<epoch>.<log>`, or `SUPERSEDED`; null: the read models are being filled. */
  readonly checkpoint: string | null;
  readonly is_row: boolean | null;
}

function readOf<Row extends RowOfSnapshot>(found: Row[]): Read<Row> {
  const [first] = found;
  if (first?.checkpoint === SUPERSEDED) throw new Superseded();
  const [position, epoch, log] = first?.checkpoint?.split('.') ?? [];
  if (!first || position === undefined || epoch === undefined || log === undefined) throw stillFilling();
  return {
    rows: first.is_row ? found : [],
    upTo: cursorAfter(BigInt(position), log),
    epoch: BigInt(epoch),
  };
}

const stillFilling = () => new ReadModelsUnavailable('the read models are being filled');

async function unlessUnavailable<Answer>(logger: Logger, query: () => Promise<Answer>): Promise<Answer> {
  try {
    return await query();
  } catch (error) {
    if (error instanceof ReadModelsUnavailable) throw error;
    if (error instanceof Superseded) throw new ReadModelsUnavailable('other read models are in use');
    const missing = areMissing(error);
    if (!missing && !isUnavailable(error)) throw error;
    logger.warn(
      { code: error instanceof Error && 'code' in error ? error.code : undefined },
      'read models away',
    );
    throw new ReadModelsUnavailable(missing ? 'there are no read models yet' : 'the database is away');
  }
}

export type Filling = Pick<CheckpointsTable, 'position' | 'filled'>;

/** How far read models have come; null: there are none. Rejects with the database's error. */
export async function readFilling(pool: pg.Pool, schema: string): Promise<Filling | null> {
  const db = new Kysely<ReadTables>({ dialect: new PostgresDialect({ pool }) }).withSchema(schema);
  try {
    return await db.selectFrom('checkpoints').select(['position', 'filled']).executeTakeFirstOrThrow();
  } catch (error) {
    if (areMissing(error)) return null;
    throw error;
  }
}
