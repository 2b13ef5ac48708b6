import pg from 'pg';
import type { LoopMessage } from './message.ts';

const SCHEMA = `
create schema if not exists limit_loop;
create table if not exists limit_loop.event (
  position bigint primary key, id uuid not null unique, data json not null
);
create table if not exists limit_loop.message (
  chat_id uuid not null, position bigint not null, id uuid not null unique,
  sender text not null, content text not null, date timestamptz not null,
  primary key (chat_id, position)
);
`;

const APPEND = {
  name: 'append',
  text: `insert into limit_loop.event
    select * from unnest($1::bigint[], string_to_array($2, E'\\n')::uuid[], string_to_array($3, E'\\n')::json[])`,
};

const PROJECT = {
  name: 'project',
  text: `insert into limit_loop.message
    select * from unnest(string_to_array($1, E'\\n')::uuid[], $2::bigint[], string_to_array($3, E'\\n')::uuid[],
      string_to_array($4, E'\\n'), string_to_array($5, E'\\n'), string_to_array($6, E'\\n')::timestamptz[])`,
};

export interface Store {
  /** Resolves when the batch is on the disk. */
  append(batch: readonly LoopMessage[]): Promise<void>;
  /** Resolves when the batch can be read; it is not waited for on the disk. */
  project(batch: readonly LoopMessage[]): Promise<void>;
  readonly lastPosition: number;
  /** Finishes what is under way. */
  close(): Promise<void>;
}

/** Each of the two has a connection of its own, so that the next append need not wait for the projection. */
export async function openStore(databaseUrl: string): Promise<Store> {
  const [log, projection] = [connection(databaseUrl, 'on'), connection(databaseUrl, 'off')];
  await Promise.all([log.connect(), projection.connect()]);
  await log.query(SCHEMA);
  const last = await log.query<{ position: string }>(
    'select coalesce(max(position), 0) as position from limit_loop.event',
  );
  return {
    lastPosition: Number(last.rows[0]?.position),
    close: async () => {
      await Promise.all([log.end(), projection.end()]);
    },
    append: async (batch) => {
      const values = [positions(batch), lines(batch, 'id'), lines(batch, 'event')];
      await log.query({ ...APPEND, values });
    },
    project: async (batch) => {
      const [chats, ids, senders] = [lines(batch, 'chatId'), lines(batch, 'id'), lines(batch, 'sender')];
      const values = [chats, positions(batch), ids, senders, lines(batch, 'content'), lines(batch, 'date')];
      await projection.query({ ...PROJECT, values });
    },
  };
}

const connection = (connectionString: string, synchronousCommit: 'on' | 'off'): pg.Client =>
  new pg.Client({ connectionString, options: `-c synchronous_commit=${synchronousCommit}` });

const positions = (batch: readonly LoopMessage[]): number[] => batch.map(({ position }) => position);

/** One text per column is far cheaper than an array of texts, for both sides. The load generator sends no line feeds. */
const lines = (batch: readonly LoopMessage[], field: 'id' | 'event' | Column): string =>
  batch.map((message) => message[field]).join('\n');

type Column = 'chatId' | 'sender' | 'content' | 'date';
