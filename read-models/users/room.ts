import type { ProfileUpdated, UserRegistered } from '../../domain/user.ts';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import type { Profile } from '../../protocol/http-resources.ts';
import { KnownRows } from '../known-rows.ts';
import {
  type Database,
  defineRoom,
  lines,
  numbers,
  type RoomRows,
  type TableWrite,
  texts,
  UnprojectableEvent,
} from '../room.ts';
import { userKey } from '../user-key.ts';
import { SearchRows } from './search-rows.ts';
import { CREATE_USERS, type UsersTable } from './tables.ts';

/** `remembered`: how many users, where it is not as many as usual. */
export const usersRoom = (remembered?: number) =>
  defineRoom({
    name: 'users',
    tables: ['users', 'user_prefixes', 'username_prefixes'],
    migrations: { 'users-1-create': CREATE_USERS },
    open: () => new UserRows(remembered),
    project: {
      UserRegistered: (rows, { event, position }) => rows.register(event.data, position),
      ProfileUpdated: (rows, { event }) => rows.update(event.data),
    },
  });

export const users = usersRoom();

/** How many are remembered besides those that have changed: a few megabytes. */
const REMEMBERED = 10_000;

type UserRow = Readonly<
  Omit<UsersTable, 'date_joined'> & {
    /** As the event has it. */
    date_joined: string;
  }
>;

/** What the leader holds of the users. Later rooms take from it what frames say of people. */
export class UserRows implements RoomRows {
  readonly #users: KnownRows<string, UserRow>;
  /** Keys of those that have no row yet. */
  #registered = new Set<string>();
  readonly #search = new SearchRows();

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

  register({ username, nickname, avatar, date }: UserRegistered['data'], position: bigint): void {
    const [user_key, nickname_key] = [userKey(username), userKey(nickname)];
    // One that is not known any more meets its row.
    if (this.#users.get(user_key)) throw new UnprojectableEvent('of a user who is there already');
    this.#users.set(user_key, {
      user_key,
      username,
      nickname,
      nickname_key,
      avatar,
      date_joined: date,
      registered_position: position,
    });
    this.#registered.add(user_key);
    this.#search.add(user_key, nickname_key);
  }

  update({ username, nickname, avatar }: ProfileUpdated['data']): void {
    const user = this.#users.get(userKey(username));
    if (!user) throw new UnprojectableEvent('of a user who is not there');
    const { user_key } = user;
    const nickname_key = userKey(nickname);
    this.#users.set(user_key, { ...user, nickname, nickname_key, avatar });
    this.#search.remove(user_key, user.nickname_key);
    this.#search.add(user_key, nickname_key);
  }

  async load(database: Database, events: readonly RecordedEvent[]): Promise<void> {
    const updated: string[] = [];
    for (const { event } of events)
      if (event.type === 'ProfileUpdated') updated.push(userKey(event.data.username));
    await this.#read(database, this.#users.missing(updated));
  }

  takeWrites(): TableWrite[] {
    const changed = this.#users.take();
    const isNew = ({ user_key }: UserRow) => this.#registered.has(user_key);
    const writes = [
      insertUsers(changed.filter(isNew)),
      updateUsers(changed.filter((user) => !isNew(user))),
      ...this.#search.takeWrites(),
    ];
    this.#registered = new Set();
    return writes;
  }

  written(): void {
    this.#users.written();
  }

  async #read(database: Database, userKeys: readonly string[]): Promise<void> {
    if (userKeys.length === 0) return;
    const { rows } = await database.query<Omit<UserRow, 'date_joined'> & { date_joined: Date }>({
      name: 'users',
      text: `select user_key, username, nickname, nickname_key, avatar, date_joined, registered_position
        from users where user_key = any($1::text[])`,
      values: [userKeys],
    });
    for (const { date_joined, ...user } of rows)
      this.#users.remember(user.user_key, { ...user, date_joined: date_joined.toISOString() });
  }
}

const insertUsers = (rows: readonly UserRow[]): TableWrite => ({
  name: 'users',
  sql: `insert into users (user_key, username, nickname, nickname_key, avatar, date_joined, registered_position)
    select r.* from fence, :rows r`,
  rows: rows.length,
  columns: [
    texts(rows, (row) => row.user_key),
    texts(rows, (row) => row.username),
    texts(rows, (row) => row.nickname),
    texts(rows, (row) => row.nickname_key),
    texts(rows, (row) => row.avatar),
    lines('timestamptz', rows, (row) => row.date_joined),
    numbers('bigint', rows, (row) => row.registered_position),
  ],
});

const updateUsers = (rows: readonly UserRow[]): TableWrite => ({
  name: 'users_updated',
  sql: `update users u set nickname = r.nickname, nickname_key = r.nickname_key, avatar = r.avatar
    from fence, :rows r (user_key, nickname, nickname_key, avatar)
    where u.user_key = r.user_key`,
  rows: rows.length,
  columns: [
    texts(rows, (row) => row.user_key),
    texts(rows, (row) => row.nickname),
    texts(rows, (row) => row.nickname_key),
    texts(rows, (row) => row.avatar),
  ],
});
