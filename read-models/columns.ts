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
  type: 'text' | 'uuid' | 'timestamptz' | 'jsonb',
  rows: readonly Row[],
  value: (row: Row) => string,
): Column => ({ array: `string_to_array(?, E'\\n')::${type}[]`, parameter: rows.map(value).join('\n') });

/** As `lines`, where some values are missing: as in a COPY, `\N` stands for null. */
export const optionalLines = <Row>(
  type: 'text' | 'uuid' | 'timestamptz' | 'jsonb',
  rows: readonly Row[],
  value: (row: Row) => string | null,
): Column => ({
  array: `string_to_array(?, E'\\n', E'\\\\N')::${type}[]`,
  parameter: rows.map((row) => value(row) ?? '\\N').join('\n'),
});

/**
 * Lists of keys, of any number, also of none: to the statement each is a text, of which `listIn` makes an array. Keys have neither
 * line feeds nor slashes.
 */
export const lists = <Row>(rows: readonly Row[], value: (row: Row) => readonly string[]): Column =>
  lines('text', rows, (row) => `/${value(row).join('/')}`);

/** SQL for the array in a column of `lists`. */
export const listIn = (column: string): string => `string_to_array(substr(${column}, 2), '/')`;

export const numbers = <Row>(
  type: 'smallint' | 'integer' | 'bigint',
  rows: readonly Row[],
  value: (row: Row) => number | bigint,
): Column => ({ array: `?::${type}[]`, parameter: `{${rows.map(value).join()}}` });

/** As `numbers`, where some are missing. */
export const optionalNumbers = <Row>(
  type: 'bigint',
  rows: readonly Row[],
  value: (row: Row) => number | bigint | null,
): Column => ({ array: `?::${type}[]`, parameter: `{${rows.map((row) => value(row) ?? 'null').join()}}` });

export const booleans = <Row>(rows: readonly Row[], value: (row: Row) => boolean): Column => ({
  array: '?::boolean[]',
  parameter: `{${rows.map(value).join()}}`,
});
