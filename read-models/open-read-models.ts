import { Kysely } from 'kysely';
import type pg from 'pg';
import type { Logger } from 'pino';
import { preparedDialect } from '../platform/postgres/prepared-dialect.ts';
import { createAsk } from './ask.ts';
import { createFindBlockedUsers } from './queries/blocked-users.ts';
import { createFindChats } from './queries/chats.ts';
import { createFindMessages } from './queries/messages.ts';
import { createFindMissed } from './queries/missed.ts';
import { createFindOpenedChat } from './queries/opened-chat.ts';
import { createSearchUsers } from './queries/search-users.ts';
import { createFindSelf } from './queries/self.ts';
import { createFindProfile, createFindUser } from './queries/user.ts';
import type { ReadModels } from './read-models.ts';
import type { ReadTables } from './tables.ts';
import { stillFilling } from './unavailable.ts';

/** The queries on the tables of `schema`. The pool stays the caller's; its `bigint` columns must be bigints. */
export function openReadModels(options: {
  readonly pool: pg.Pool;
  readonly schema: string;
  readonly logger: Logger;
}): ReadModels {
  const { pool, schema, logger } = options;
  const db = new Kysely<ReadTables>({ dialect: preparedDialect(pool) }).withSchema(schema);
  const ask = createAsk(db, logger);
  const findSelf = createFindSelf(db);
  const searchUsers = createSearchUsers(db);
  const findUser = createFindUser(db);
  const findProfile = createFindProfile(db);
  const findBlockedUsers = createFindBlockedUsers(db);
  const findChats = createFindChats(db);
  const findOpenedChat = createFindOpenedChat(db);
  const findMessages = createFindMessages(db);
  const findMissed = createFindMissed(db);
  return {
    self: (username) => ask(() => findSelf(username)),
    searchUsers: (caller, search, page) => ask(() => searchUsers(caller, search, page)),
    user: (caller, username) => ask(() => findUser(caller, username)),
    profile: (caller, username) => ask(() => findProfile(caller, username)),
    blockedUsers: (caller, page) => ask(() => findBlockedUsers(caller, page)),
    chats: (caller, page) => ask(() => findChats(caller, page)),
    openedChat: (caller, other) => ask(() => findOpenedChat(caller, other)),
    messages: (caller, other, page) => ask(() => findMessages(caller, other, page)),
    missed: (username, after, limit) => ask(() => findMissed(username, after, limit)),
    projectedPosition: () =>
      ask(async () => {
        const found = await db.selectFrom('checkpoints').select(['position', 'filled']).executeTakeFirst();
        if (!found?.filled) throw stillFilling();
        return found.position;
      }),
  };
}
