import type { ChatsTables } from './chats/tables.ts';
import type { CountersTables } from './counters/tables.ts';
import type { FeedTables } from './feed/tables.ts';
import type { ProgressTables } from './progress/tables.ts';
import type { RelationshipsTables } from './relationships/tables.ts';
import type { UsersTables } from './users/tables.ts';

/**
 * The rows behind the queries; only the projection service writes them. A `key` is a username in lower case.
 * A row costs its write and that of each index, at every message: hence few indexes, and rows that are not updated.
 */
export interface ReadTables
  extends UsersTables,
    RelationshipsTables,
    ChatsTables,
    CountersTables,
    FeedTables,
    ProgressTables {}
