import type { LiveSession, PresenceEvent } from '../../domain/presence.ts';
import { lines, texts } from '../columns.ts';
import { defineRoom, type RoomRows, type TableWrite } from '../room.ts';
import { userKey } from '../user-key.ts';
import { CREATE_PRESENCE } from './tables.ts';

/** Which sessions there are, and who has gone without being said to be: what housekeeping works off. */
export const presence = defineRoom({
  name: 'presence',
  tables: ['sessions', 'departures'],
  readBy: ['sessions_by_gateway', 'departures_by_date'],
  migrations: { 'presence-1-create': CREATE_PRESENCE },
  open: () => new PresenceRows(),
  project: {
    SessionOpened: (rows, { event }) => rows.set(event),
    SessionDropped: (rows, { event }) => rows.set(event),
    UserCameOnline: (rows, { event }) => rows.set(event),
    UserWentOffline: (rows, { event }) => rows.set(event),
  },
});

/** What one user's last event says. */
interface Said {
  readonly user_key: string;
  readonly sessions: readonly LiveSession[];
  readonly offline_at: string | null;
}

/** Each event says all there is to know of its user, so nothing has to be known of earlier ones, which the log may have forgotten. */
class PresenceRows implements RoomRows {
  #said = new Map<string, Said>();

  set({ type, data }: PresenceEvent): void {
    const user_key = userKey(data.username);
    const offline_at = type === 'SessionDropped' ? data.offlineAt : null;
    this.#said.set(user_key, { user_key, sessions: data.sessions, offline_at });
  }

  takeWrites(): TableWrite[] {
    const said = [...this.#said.values()];
    this.#said = new Map();
    const live = said.flatMap(({ user_key, sessions }) =>
      sessions.map((session) => ({ user_key, ...session })),
    );
    const isLeaving = (one: Said): one is Leaving => one.offline_at !== null;
    return [
      insertSessions(live),
      deleteSessions(said, live),
      upsertDepartures(said.filter(isLeaving)),
      deleteDepartures(said.filter((one) => !isLeaving(one))),
    ];
  }
}

type Live = LiveSession & Pick<Said, 'user_key'>;
type Leaving = Said & { readonly offline_at: string };

const insertSessions = (rows: readonly Live[]): TableWrite => ({
  name: 'sessions_live',
  sql: `insert into sessions (session_id, user_key, gateway_id, login_id, opened_at)
    select r.* from fence, :rows r on conflict (session_id) do nothing`,
  rows: rows.length,
  columns: [
    lines('uuid', rows, (row) => row.sessionId),
    texts(rows, (row) => row.user_key),
    lines('uuid', rows, (row) => row.gatewayId),
    lines('uuid', rows, (row) => row.loginId),
    lines('timestamptz', rows, (row) => row.openedAt),
  ],
});

/** All of these users' that are not live. A user's live ones stand as one text beside the key. */
const deleteSessions = (users: readonly Said[], live: readonly Live[]): TableWrite => {
  const ids = new Map<string, string[]>();
  for (const { user_key, sessionId } of live) ids.set(user_key, [...(ids.get(user_key) ?? []), sessionId]);
  return {
    name: 'sessions_over',
    sql: `delete from sessions s using fence where s.session_id = any(array(
      select found.session_id from :rows r (user_key, live), lateral (
        select session_id from sessions where user_key = r.user_key and session_id <> all(r.live::uuid[]) offset 0
      ) found))`,
    rows: users.length,
    columns: [
      texts(users, (row) => row.user_key),
      texts(users, (row) => `{${(ids.get(row.user_key) ?? []).join()}}`),
    ],
  };
};

const upsertDepartures = (rows: readonly Leaving[]): TableWrite => ({
  name: 'departures',
  sql: `insert into departures (user_key, offline_at) select r.* from fence, :rows r
    on conflict (user_key) do update set offline_at = excluded.offline_at`,
  rows: rows.length,
  columns: [texts(rows, (row) => row.user_key), lines('timestamptz', rows, (row) => row.offline_at)],
});

const deleteDepartures = (rows: readonly Said[]): TableWrite => ({
  name: 'departures_over',
  sql: 'delete from departures d using fence where d.user_key = any(array(select r.user_key from :rows r (user_key)))',
  rows: rows.length,
  columns: [texts(rows, (row) => row.user_key)],
});
