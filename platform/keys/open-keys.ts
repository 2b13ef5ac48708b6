import { Kysely } from 'kysely';
import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import { gatherCalls } from '../gather-calls.ts';
import { preparedDialect } from '../postgres/prepared-dialect.ts';
import { migrateKeys } from './migrations.ts';
import { destroyKey, type KeysDatabase, makeKeys, readKeys, SCHEMA, type UserKey } from './user-keys.ts';

/** Of users who are active at the same time; some twenty megabytes. */
const REMEMBERED = 50_000;

/** A key that is remembered is looked up again after so long: within that, every process forgets one that was destroyed. */
const TRUSTED_MS = 60_000;

const LOOK_UPS = { callsAtOnce: 2, keysPerCall: 1000 };

/** Data keys of users, each known by the name in lower case. All reject with the database's error, but for what is remembered. */
export interface Keys {
  /** Those that are remembered answer at once. */
  remembered(user: string): UserKey | undefined;
  /** Made when there is none. null: destroyed. */
  forSealing(user: string): Promise<UserKey>;
  /** undefined: there has never been one. */
  forOpening(user: string): Promise<UserKey | undefined>;
  /** What was sealed with it can never be opened again, by nobody. Can be repeated. */
  destroy(user: string): Promise<void>;
}

/** The pool stays the caller's. Nothing is asked of it, nor is its schema made, before the first key is needed. */
export function openKeys(pool: pg.Pool, now: () => number = () => performance.now()): Keys {
  const db = new Kysely<KeysDatabase>({ dialect: preparedDialect(pool) }).withSchema(SCHEMA);
  const known = new LRUCache<string, { readonly key: UserKey; readonly until: number }>({ max: REMEMBERED });
  let migrating: Promise<void> | undefined;

  const migrated = () => {
    migrating ??= migrateKeys(db).catch((error) => {
      migrating = undefined;
      throw error;
    });
    return migrating;
  };
  const remember = (found: ReadonlyMap<string, UserKey>) => {
    const until = now() + TRUSTED_MS;
    for (const [user, key] of found) known.set(user, { key, until });
  };
  const read = gatherCalls(async (users: readonly string[]) => {
    await migrated();
    const found = await readKeys(db, users);
    remember(found);
    return users.map((user) => found.get(user));
  }, LOOK_UPS);
  const make = gatherCalls(async (users: readonly string[]) => {
    const wanted = [...new Set(users)];
    await makeKeys(db, wanted);
    const found = await readKeys(db, wanted);
    remember(found);
    return users.map((user) => found.get(user) ?? null);
  }, LOOK_UPS);

  /** While the database is away, what was known goes on. */
  const again = async (user: string, before: UserKey): Promise<UserKey> =>
    (await read(user).catch(() => before)) ?? null;

  async function forOpening(user: string): Promise<UserKey | undefined> {
    const before = known.get(user);
    return before ? again(user, before.key) : read(user);
  }

  return {
    remembered(user) {
      const found = known.get(user);
      return found && (found.key === null || now() < found.until) ? found.key : undefined;
    },
    forOpening,
    async forSealing(user) {
      const key = await forOpening(user);
      return key === undefined ? make(user) : key;
    },
    async destroy(user) {
      await migrated();
      await destroyKey(db, user);
      known.set(user, { key: null, until: Number.POSITIVE_INFINITY });
    },
  };
}
