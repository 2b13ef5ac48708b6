/** What is counted for each user. */
export const COUNTERS = ['chats', 'unread_messages', 'blocked_users', 'friends'] as const;

export type CounterName = (typeof COUNTERS)[number];

export interface CountersTables {
  user_counters: UserCountersTable;
}

/** Narrow and without further indexes, so that updates stay within the page. */
export type UserCountersTable = { user_key: string } & { [Counter in CounterName]: number };

export const CREATE_COUNTERS = `
create table user_counters (
  user_key text collate "C" primary key,
  chats integer not null default 0,
  unread_messages integer not null default 0,
  blocked_users integer not null default 0,
  friends integer not null default 0
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
`;
