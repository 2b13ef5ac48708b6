import type pg from 'pg';

/** A column's values as JSON has them; the whole row where the other side has none. */
export interface ColumnDifference {
  readonly column: string;
  readonly live: unknown;
  readonly log: unknown;
}

export interface RowDifference {
  readonly table: string;
  /** By column. */
  readonly key: Readonly<Record<string, unknown>>;
  readonly is: 'different' | 'only live' | 'only in the log';
  readonly columns: readonly ColumnDifference[];
}

/** One side of a comparison: a connection in a transaction, with the schema at the head of its search path. */
export type Side = pg.ClientBase;

/**
 * The first rows, at most `limit`, in which a table differs between both sides. Each side is read in the order of its keys, and some
 * rows at a time: memory does not grow with the table. `kept` holds for the rows that count.
 */
export async function compareRows(
  table: string,
  { live, log }: { readonly live: Side; readonly log: Side },
  { kept = 'true', limit }: { readonly kept?: string | undefined; readonly limit: number },
): Promise<RowDifference[]> {
  const keyColumns = await primaryKey(log, table);
  const [onLive, inLog] = [
    new KeyedRows(live, table, keyColumns, kept),
    new KeyedRows(log, table, keyColumns, kept),
  ];
  await Promise.all([onLive.open(), inLog.open()]);
  const differences: RowDifference[] = [];
  let [a, b] = await Promise.all([onLive.next(), inLog.next()]);
  while ((a || b) && differences.length < limit) {
    const order = !a ? 1 : !b ? -1 : Buffer.compare(Buffer.from(a.key), Buffer.from(b.key));
    if (order !== 0 || a?.hash !== b?.hash) {
      const key = (order <= 0 ? a?.key : b?.key) ?? '{}';
      differences.push(await difference(table, keyColumns, JSON.parse(key), { live, log }));
    }
    if (order <= 0) a = await onLive.next();
    if (order >= 0) b = await inLog.next();
  }
  await Promise.all([onLive.close(), inLog.close()]);
  return differences;
}

async function primaryKey(side: Side, table: string): Promise<string[]> {
  const { rows } = await side.query<{ column: string }>(
    `select a.attname as column from pg_index i
     join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
     where i.indrelid = $1::regclass and i.indisprimary order by array_position(i.indkey, a.attnum)`,
    [table],
  );
  return rows.map(({ column }) => column);
}

interface KeyedRow {
  /** As JSON, written by the server: equal for equal keys. */
  readonly key: string;
  readonly hash: bigint;
}

const ROWS_AT_ONCE = 2000;

/** The rows of a table by a cursor of the server's, in the order of their keys as bytes. */
class KeyedRows {
  readonly #side: Side;
  readonly #table: string;
  readonly #select: string;
  #rows: KeyedRow[] = [];
  #next = 0;

  constructor(side: Side, table: string, keyColumns: readonly string[], kept: string) {
    this.#side = side;
    this.#table = table;
    this.#select = `select ${keyOf(keyColumns)}::text collate "C" as key, hashtextextended(r::text, 0) as hash
      from ${table} r where ${kept} order by 1`;
  }

  async open(): Promise<void> {
    await this.#side.query(`declare rows_of_${this.#table} no scroll cursor for ${this.#select}`);
  }

  async next(): Promise<KeyedRow | undefined> {
    if (this.#next === this.#rows.length) {
      const fetched = await this.#side.query<KeyedRow>(`fetch ${ROWS_AT_ONCE} from rows_of_${this.#table}`);
      [this.#rows, this.#next] = [fetched.rows, 0];
    }
    const row = this.#rows[this.#next];
    if (row) this.#next += 1;
    return row;
  }

  async close(): Promise<void> {
    await this.#side.query(`close rows_of_${this.#table}`);
  }
}

const keyOf = (columns: readonly string[]): string =>
  `jsonb_build_object(${columns.map((column) => `'${column}', r.${column}`).join(', ')})`;

async function difference(
  table: string,
  keyColumns: readonly string[],
  key: Record<string, unknown>,
  sides: { readonly live: Side; readonly log: Side },
): Promise<RowDifference> {
  const [live, log] = await Promise.all([
    rowAt(sides.live, table, keyColumns, key),
    rowAt(sides.log, table, keyColumns, key),
  ]);
  if (!live || !log) {
    const is = live ? 'only live' : 'only in the log';
    return { table, key, is, columns: [{ column: 'the row', live, log }] };
  }
  const columns = Object.keys(log)
    .filter((column) => JSON.stringify(live[column]) !== JSON.stringify(log[column]))
    .map((column) => ({ column, live: live[column], log: log[column] }));
  return { table, key, is: 'different', columns };
}

async function rowAt(
  side: Side,
  table: string,
  keyColumns: readonly string[],
  key: object,
): Promise<Record<string, unknown> | null> {
  const condition = keyColumns.map((column) => `r.${column} = k.${column}`).join(' and ');
  const { rows } = await side.query<{ row: Record<string, unknown> }>(
    `select to_jsonb(r) as row from ${table} r
     join jsonb_populate_record(null::${table}, $1::jsonb) k on ${condition}`,
    [key],
  );
  return rows[0]?.row ?? null;
}
