import { type ColumnType, type RawBuilder, sql } from 'kysely';

/** A `timestamptz` column: comes in as events have it, ISO 8601. */
export type WrittenDate = ColumnType<Date, string, never>;

/** A `timestamptz` column as the contract writes dates: ISO 8601 UTC with milliseconds. */
export const isoDate = (column: string): RawBuilder<string> =>
  sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** A row as a leader holds it: with the date as its event has it. */
export const withDateOfEvent = <Row extends { readonly date: Date }>(row: Row) => ({
  ...row,
  date: row.date.toISOString(),
});
