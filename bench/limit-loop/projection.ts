import type pg from 'pg';
import { columnNumbers, columnText, connectPostgres } from './columns.ts';
import { GroupCommit } from './group-commit.ts';
import { type LoggedMessage, pushText } from './message.ts';
import type { Tabs } from './tabs.ts';

const SCHEMA = `
create schema if not exists limit_loop;
create table if not exists limit_loop.message (
  chat_id uuid not null, position bigint not null, id uuid not null,
  sender text not null, content text not null, date timestamptz not null,
  primary key (chat_id, position)
);
`;

const PROJECT = {
  name: 'project',
  text: `insert into limit_loop.message
    select unnest(string_to_array($1, E'\\n')::uuid[]), unnest($2::bigint[]), unnest(string_to_array($3, E'\\n')::uuid[]),
      unnest(string_to_array($4, E'\\n')), unnest(string_to_array($5, E'\\n')),
      unnest(string_to_array($6, E'\\n')::timestamptz[])`,
};

export interface Projection {
  /** Stored with those that come at the same time, then pushed to all tabs of the chat. */
  add(...messages: readonly LoggedMessage[]): void;
  close(): Promise<void>;
}

/** Its writes are not waited for on the disk. */
export async function openProjection(databaseUrl: string, tabs: Tabs): Promise<Projection> {
  const database = await connectPostgres(databaseUrl, 'off');
  await database.query(SCHEMA);
  const batches = new GroupCommit<LoggedMessage>(async (batch) => {
    await database.query(insertion(batch));
    for (const message of batch) {
      const text = pushText(message);
      for (const tab of tabs.of(message.chatId)) tab.send(text);
    }
  });
  return { add: (...messages) => batches.add(...messages), close: () => database.end() };
}

function insertion(batch: readonly LoggedMessage[]): pg.QueryConfig {
  const column = (of: (message: LoggedMessage) => string) => columnText(batch.map(of));
  const values = [
    column(({ chatId }) => chatId),
    columnNumbers(batch.map(({ position }) => position)),
    column(({ id }) => id),
    column(({ sender }) => sender),
    column(({ content }) => content),
    column(({ date }) => date),
  ];
  return { ...PROJECT, values };
}
