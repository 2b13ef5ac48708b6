/** A part of the one statement: writes rows given column by column, but only where there is a row in `fence`. */
export interface TableWrite {
  /** Of its part in the statement; no other write of any room has it. */
  readonly name: string;
  /** `:rows` stands for the rows of `columns`. */
  readonly sql: string;
  /** How many. */
  readonly rows: number;
  readonly columns: readonly Column[];
}

/** A column of the rows to write: one parameter, and the SQL that makes an array of it. */
export interface Column {
  /** The question mark stands for the parameter. */
  readonly array: string;
  readonly parameter: string | readonly string[];
}

/** Any texts, as an array literal: dear to write and to read, the more so the more quotes are in them. */
export const texts = <Row>(rows: readonly Row[], value: (row: Row) => string): Column => ({
  array: '?::text[]',
  parameter: rows.map(value),
});

/**
 * Values that are never empty and have no line feed, such as keys, ids, dates and encoded JSON, joined by line feeds.
 * One that is not so makes another number of elements than there are rows, and the database refuses the nulls that
 * fill up the shorter columns: rows never get mixed.
 */
export const lines = <Row>(
  type: 'text' | 'uuid' | 'timestamptz',
  rows: readonly Row[],
  value: (row: Row) => string,
): Column => ({ array: `string_to_array(?, E'\\n')::${type}[]`, parameter: rows.map(value).join('\n') });

export const numbers = <Row>(
  type: 'smallint' | 'integer' | 'bigint',
  rows: readonly Row[],
  value: (row: Row) => number | bigint,
): Column => ({ array: `?::${type}[]`, parameter: `{${rows.map(value).join()}}` });
