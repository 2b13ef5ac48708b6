import type pg from 'pg';
import { columnNumbers, columnText, connectPostgres } from '../columns.ts';
import type { LoggedMessage } from '../message.ts';

const SCHEMA = `
create schema if not exists limit_loop;
create table if not exists limit_loop.event (
  position bigint primary key, id uuid not null unique, data json not null
);
`;

const APPEND = {
  name: 'append',
  text: `insert into limit_loop.event
    select unnest($1::bigint[]), unnest(string_to_array($2, E'\\n')::uuid[]), unnest(string_to_array($3, E'\\n')::json[])`,
};

export interface Log {
  readonly lastPosition: number;
  /** Resolves when the batch is on the disk. */
  append(batch: readonly LoggedMessage[]): Promise<void>;
  close(): Promise<void>;
}

export async function openLog(databaseUrl: string): Promise<Log> {
  const database = await connectPostgres(databaseUrl, 'on');
  await database.query(SCHEMA);
  const last = await database.query<{ position: string }>(
    'select coalesce(max(position), 0) as position from limit_loop.event',
  );
  return {
    lastPosition: Number(last.rows[0]?.position),
    append: async (batch) => void (await database.query(insertion(batch))),
    close: () => database.end(),
  };
}

function insertion(batch: readonly LoggedMessage[]): pg.QueryConfig {
  const values = [
    columnNumbers(batch.map(({ position }) => position)),
    columnText(batch.map(({ id }) => id)),
    columnText(batch.map((message) => JSON.stringify(message))),
  ];
  return { ...APPEND, values };
}
