import type { Selectable } from 'kysely';
import type { PresenceEvent } from '../../domain/presence.ts';
import type { ProfileUpdated, UserRegistered } from '../../domain/user.ts';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import type { Profile } from '../../protocol/http-resources.ts';
import { presenceFrame } from '../../protocol/server-frames.ts';
import { KnownRows } from '../known-rows.ts';
import {
  type Database,
  defineRoom,
  type EventType,
  type Out,
  type Recorded,
  type RoomRows,
  type TableWrite,
  UnprojectableEvent,
} from '../room.ts';
import { userKey } from '../user-key.ts';
import { ErasureRows } from './erasure-rows.ts';
import { insertUsers, type UserRow, updateUsers } from './row-writes.ts';
import { SearchRows } from './search-rows.ts';
import { CREATE_ERASURES, CREATE_USERS, FOUND_BY_NOBODY, type UsersTable } from './tables.ts';

/** `remembered`: how many users, where it is not as many as usual. */
export const usersRoom = (remembered?: number) =>
  defineRoom({
    name: 'users',
    tables: ['users', 'user_prefixes', 'username_prefixes', 'erasures'],
    readBy: ['users_by_nickname', 'users_by_presence'],
    migrations: { 'users-1-create': CREATE_USERS, 'users-2-erasures': CREATE_ERASURES },
    open: () => new UserRows(remembered),
    project: {
      UserRegistered: (rows, { event, position }) => rows.register(event.data, position),
      ProfileUpdated: (rows, { event }) => rows.update(event.data),
      UserErased: erase,
      ErasureCompleted(rows, { event }, out) {
        rows.erasures.complete(event.data.username);
        out.forget(userKey(event.data.username));
      },
      SessionOpened: presence,
      SessionDropped: presence,
      UserCameOnline: presence,
      UserWentOffline: presence,
    },
  });

export const users = usersRoom();

/**
 * Each of these events says whether the user is online, and since when. What it says anew is told, whichever it is: the log may have forgotten
 * the one that said so first.
 */
function presence(rows: UserRows, { event, position }: Recorded<PresenceEvent['type']>, out: Out): void {
  const { before, after } = rows.setPresence(event, position);
  const { since: date } = event.data;
  if (after === before || (after.is_online === before.is_online && date === before.presence_date)) return;
  const { user_key, username, nickname } = after;
  out.presence(user_key, presenceFrame(after.is_online, { username, nickname, date }));
}

/** Whoever was shown as online is not there any more. What comes of the user afterwards changes nothing. */
function erase(rows: UserRows, { event, position }: Recorded<'UserErased'>, out: Out): void {
  const { username, date } = event.data;
  const before = rows.erase(username, date, position);
  rows.erasures.begin({ username, date });
  const key = userKey(username);
  out.forget(key);
  if (before.is_online) out.presence(key, presenceFrame(false, { username, nickname: username, date }));
}

const CHANGING: ReadonlySet<EventType> = new Set([
  'ProfileUpdated',
  'UserErased',
  'SessionOpened',
  'SessionDropped',
  'UserCameOnline',
  'UserWentOffline',
]);

/** How many are remembered besides those that have changed: a few megabytes. */
const REMEMBERED = 10_000;

/** What the leader holds of the users. Later rooms take from it what frames say of people. */
export class UserRows implements RoomRows {
  readonly #users: KnownRows<string, UserRow>;
  /** Keys of those that have no row yet. */
  #registered = new Set<string>();
  readonly #search = new SearchRows();
  readonly erasures = new ErasureRows();

  constructor(remembered = REMEMBERED) {
    this.#users = new KnownRows(remembered);
  }

  /**
   * For the `load` of a later room: reads the profiles of these users, as far as they are not known. Until the next batch is
   * loaded they stay known, whoever asks for others meanwhile. Rejects as the database does.
   */
  async loadProfiles(database: Database, userKeys: Iterable<string>): Promise<void> {
    await this.#read(database, this.#users.alsoMissing(userKeys));
  }

  /**
   * For the fold of a later room, of a user whose profile it has had loaded: as it is at this place of the log, also
   * before it is written. undefined: nobody.
   */
  profile(userKey: string): Profile | undefined {
    const user = this.#users.get(userKey);
    return user && { username: user.username, nickname: user.nickname, avatar: user.avatar };
  }

  /** As `profile`, of somebody whom an event names. Throws `UnprojectableEvent` when nobody has this name. */
  profileInEvent(userKey: string): Profile {
    const profile = this.profile(userKey);
    if (!profile) throw new UnprojectableEvent('of somebody who never signed up');
    return profile;
  }

  /** As `profile`: where in the log the user signed up. */
  registeredAt(userKey: string): bigint | undefined {
    return this.#users.get(userKey)?.registered_position;
  }

  /** As `profile`: null: the user is online, or was never there. */
  offlineSince(userKey: string): string | null {
    const user = this.#users.get(userKey);
    return user && !user.is_online ? user.presence_date : null;
  }

  register({ username, nickname, avatar, date }: UserRegistered['data'], position: bigint): void {
    const [user_key, nickname_key] = [userKey(username), userKey(nickname)];
    // One that is not known any more meets its row.
    if (this.#users.get(user_key)) throw new UnprojectableEvent('of a user who is there already');
    const user: UserRow = {
      user_key,
      username,
      nickname,
      nickname_key,
      avatar,
      date_joined: date,
      registered_position: position,
      is_online: false,
      presence_date: null,
      presence_position: null,
      is_erased: false,
    };
    this.#users.set(user_key, user);
    this.#registered.add(user_key);
    this.#search.replace(null, user);
  }

  update({ username, nickname, avatar }: ProfileUpdated['data']): void {
    const before = this.#named(username);
    if (before.is_erased) return;
    const after = { ...before, nickname, nickname_key: userKey(nickname), avatar };
    this.#users.set(after.user_key, after);
    this.#search.replace(before, after);
  }

  setPresence({ type, data }: PresenceEvent, position: bigint): { before: UserRow; after: UserRow } {
    const before = this.#named(data.username);
    if (before.is_erased) return { before, after: before };
    const after = {
      ...before,
      is_online: type !== 'UserWentOffline',
      presence_date: data.since,
      presence_position: position,
    };
    this.#users.set(after.user_key, after);
    this.#search.replace(before, after);
    return { before, after };
  }

  /** Answers the row as it was. Throws when the user is erased already. */
  erase(username: string, date: string, position: bigint): UserRow {
    const before = this.#named(username);
    if (before.is_erased) throw new UnprojectableEvent('of a user who is erased already');
    const wentOffline = before.is_online && {
      is_online: false,
      presence_date: date,
      presence_position: position,
    };
    const blank = { nickname: before.username, nickname_key: FOUND_BY_NOBODY, avatar: '', is_erased: true };
    this.#users.set(before.user_key, { ...before, ...blank, ...wentOffline });
    this.#search.remove(before);
    return before;
  }

  #named(username: string): UserRow {
    const user = this.#users.get(userKey(username));
    if (!user) throw new UnprojectableEvent('of a user who is not there');
    return user;
  }

  async load(database: Database, events: readonly RecordedEvent[]): Promise<void> {
    const changed: string[] = [];
    for (const { event } of events)
      if (CHANGING.has(event.type) && 'username' in event.data) changed.push(userKey(event.data.username));
    await this.#read(database, this.#users.missing(changed));
  }

  takeWrites(): TableWrite[] {
    const changed = this.#users.take();
    const isNew = ({ user_key }: UserRow) => this.#registered.has(user_key);
    const writes = [
      insertUsers(changed.filter(isNew)),
      updateUsers(changed.filter((user) => !isNew(user))),
      ...this.#search.takeWrites(),
      ...this.erasures.takeWrites(),
    ];
    this.#registered = new Set();
    return writes;
  }

  written(): void {
    this.#users.written();
  }

  async #read(database: Database, userKeys: readonly string[]): Promise<void> {
    if (userKeys.length === 0) return;
    const { rows } = await database.query<Selectable<UsersTable>>({
      name: 'users',
      text: 'select * from users where user_key = any($1::text[])',
      values: [userKeys],
    });
    for (const { date_joined, presence_date, ...user } of rows)
      this.#users.remember(user.user_key, {
        ...user,
        date_joined: date_joined.toISOString(),
        presence_date: presence_date?.toISOString() ?? null,
      });
  }
}
