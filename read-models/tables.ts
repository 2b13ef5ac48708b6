/**
 * The rows behind the queries; only the projection service writes them. A `key` is a username in lower case.
 * A row costs its write and that of each index, at every message: hence few indexes, and rows that are not updated.
 */
export type ReadTables = import('./users/tables.ts').UsersTables &
  import('./presence/tables.ts').PresenceTables &
  import('./relationships/tables.ts').RelationshipsTables &
  import('./chats/tables.ts').ChatsTables &
  import('./tournaments/tables.ts').TournamentsTables &
  import('./duels/tables.ts').DuelsTables &
  import('./notifications/tables.ts').NotificationsTables &
  import('./counters/tables.ts').CountersTables &
  import('./feed/tables.ts').FeedTables &
  import('./progress/tables.ts').ProgressTables;
