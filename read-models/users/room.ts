import type { Selectable } from 'kysely';
import type { UserCameOnline, UserWentOffline } from '../../domain/presence.ts';
import type { ProfileUpdated, UserRegistered } from '../../domain/user.ts';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import type { Profile } from '../../protocol/http-resources.ts';
import { presenceFrame } from '../../protocol/server-frames.ts';
import { KnownRows } from '../known-rows.ts';
import {
  booleans,
  type Column,
  type Database,
  defineRoom,
  type EventType,
  lines,
  numbers,
  type Out,
  optionalLines,
  optionalNumbers,
  type Recorded,
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
      UserCameOnline: presence,
      UserWentOffline: presence,
    },
  });

export const users = usersRoom();

function presence(
  rows: UserRows,
  { event, position }: Recorded<'UserCameOnline' | 'UserWentOffline'>,
  out: Out,
): void {
  const { username, nickname } = rows.setPresence(event, position);
  const { since: date } = event.data;
  const frame = presenceFrame(event.type === 'UserCameOnline', { username, nickname, date });
  out.presence(userKey(username), frame);
}

const CHANGING: ReadonlySet<EventType> = new Set(['ProfileUpdated', 'UserCameOnline', 'UserWentOffline']);

/** How many are remembered besides those that have changed: a few megabytes. */
const REMEMBERED = 10_000;

/** Dates as events have them. */
type UserRow = Readonly<
  Omit<UsersTable, 'date_joined' | 'presence_date'> & {
    date_joined: string;
    presence_date: string | null;
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
      is_online: false,
      presence_date: null,
      presence_position: null,
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

  /** Answers whose it is. */
  setPresence({ type, data }: UserCameOnline | UserWentOffline, position: bigint): UserRow {
    const user = this.#users.get(userKey(data.username));
    if (!user) throw new UnprojectableEvent('of a user who is not there');
    this.#users.set(user.user_key, {
      ...user,
      is_online: type === 'UserCameOnline',
      presence_date: data.since,
      presence_position: position,
    });
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

const insertUsers = (rows: readonly UserRow[]): TableWrite => ({
  name: 'users',
  sql: `insert into users (user_key, username, nickname, nickname_key, avatar, date_joined, registered_position, is_online,
      presence_date, presence_position) select r.* from fence, :rows r`,
  rows: rows.length,
  columns: [
    texts(rows, (row) => row.user_key),
    texts(rows, (row) => row.username),
    texts(rows, (row) => row.nickname),
    texts(rows, (row) => row.nickname_key),
    texts(rows, (row) => row.avatar),
    lines('timestamptz', rows, (row) => row.date_joined),
    numbers('bigint', rows, (row) => row.registered_position),
    ...presenceColumns(rows),
  ],
});

const updateUsers = (rows: readonly UserRow[]): TableWrite => ({
  name: 'users_updated',
  sql: `update users u set nickname = r.nickname, nickname_key = r.nickname_key, avatar = r.avatar,
      is_online = r.is_online, presence_date = r.presence_date, presence_position = r.presence_position
    from fence, :rows r (user_key, nickname, nickname_key, avatar, is_online, presence_date, presence_position)
    where u.user_key = r.user_key`,
  rows: rows.length,
  columns: [
    texts(rows, (row) => row.user_key),
    texts(rows, (row) => row.nickname),
    texts(rows, (row) => row.nickname_key),
    texts(rows, (row) => row.avatar),
    ...presenceColumns(rows),
  ],
});

const presenceColumns = (rows: readonly UserRow[]): readonly Column[] => [
  booleans(rows, (row) => row.is_online),
  optionalLines('timestamptz', rows, (row) => row.presence_date),
  optionalNumbers('bigint', rows, (row) => row.presence_position),
];
