import { type Expression, Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import type { Logger } from 'pino';
import { isUnavailable } from '../platform/postgres/is-unavailable.ts';
import { preparedDialect } from '../platform/postgres/prepared-dialect.ts';
import { type Given, prepareQuery } from '../platform/postgres/prepared-query.ts';
import { type Cursor, cursorAfter } from '../protocol/cursor.ts';
import type { CheckpointsTable } from './progress/tables.ts';
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
  readonly db: Kysely<ReadTables>;
  /**
   * A query that is built and compiled once, as `prepareQuery` has it. One statement reads the rows and the checkpoint, so
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

/** Reads of the tables of `schema`. The pool stays the caller's; its `bigint` columns must be bigints. */
export function createReads(options: {
  readonly pool: pg.Pool;
  readonly schema: string;
  readonly logger: Logger;
}): Reads {
  const { pool, schema, logger } = options;
  const db = new Kysely<ReadTables>({ dialect: preparedDialect(pool) }).withSchema(schema);
  return {
    db,
    prepare(build) {
      const find = prepareQuery(db, (given: Parameters<typeof build>[0]) => withCheckpoint(db, build(given)));
      return (values) => unlessUnavailable(logger, async () => readOf(await find(values)));
    },
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
      sql<string | null>`case when filled then concat_ws('.', position, epoch, log) end`.as('checkpoint'),
    )
    .offset(sql.lit(0));

interface RowOfSnapshot {
  /** `<position>.<epoch>.<log>`; null: the read models are being filled. */
  readonly checkpoint: string | null;
  readonly is_row: boolean | null;
}

function readOf<Row extends RowOfSnapshot>(found: Row[]): Read<Row> {
  const [first] = found;
  const [position, epoch, log] = first?.checkpoint?.split('.') ?? [];
  if (!first || position === undefined || epoch === undefined || log === undefined) throw stillFilling();
  return {
    rows: first.is_row ? found : [],
    upTo: cursorAfter(BigInt(position), log),
    epoch: BigInt(epoch),
  };
}

const stillFilling = () => new ReadModelsUnavailable('the read models are being filled');

/** The projection service has not made the tables yet, or an operator has moved them away. */
const MISSING = new Set(['42P01', '3F000']);

const areMissing = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && MISSING.has(error.code ?? '');

async function unlessUnavailable<Answer>(logger: Logger, query: () => Promise<Answer>): Promise<Answer> {
  try {
    return await query();
  } catch (error) {
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
