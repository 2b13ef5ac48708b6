import { type Kysely, sql } from 'kysely';
import type { Given } from '../../platform/postgres/prepared-query.ts';
import type { Reads, Snapshot } from '../snapshot.ts';
import type { ReadTables } from '../tables.ts';
import { userKey } from '../user-key.ts';
import { isoDate } from '../written-date.ts';

/** A tab that counts. */
export interface ListedSession {
  readonly session_id: string;
  /** As it was registered. */
  readonly username: string;
  /** The sign-in that it belongs to. */
  readonly login_id: string;
  /** ISO 8601. */
  readonly opened_at: string;
}

export type SessionOfGateway = Pick<ListedSession, 'session_id' | 'username'>;

/** Before every id. */
const NIL = '00000000-0000-0000-0000-000000000000';

interface Asked {
  readonly after: string;
  readonly limit: number;
}

export function prepareSessions({ db, prepare }: Reads) {
  const find = prepare((given: Given<Asked>) => {
    const page = db
      .selectFrom('sessions')
      .selectAll()
      .where('session_id', '>', given('after'))
      .orderBy('session_id')
      .limit(given('limit'));
    return db
      .selectFrom(page.as('page'))
      .innerJoin('users', 'users.user_key', 'page.user_key')
      .select(['page.session_id', 'users.username', 'page.login_id'])
      .select(isoDate('page.opened_at').as('opened_at'))
      .orderBy('page.session_id');
  });

  /** All there are, by id. `after`: the last one of those before; null: from the first. */
  return async ({
    after,
    limit,
  }: {
    readonly after: string | null;
    readonly limit: number;
  }): Promise<Snapshot<ListedSession[]>> => {
    const { rows, upTo } = await find({ after: after ?? NIL, limit });
    const answer = rows.map(({ session_id, username, login_id, opened_at }) => ({
      session_id,
      username,
      login_id,
      opened_at,
    }));
    return { answer, upTo };
  };
}

export function prepareSessionsOfGateway({ db, prepare }: Reads) {
  const find = prepare((given: Given<Asked & { readonly gatewayId: string }>) => {
    // As a range: were it one gateway in the order of ids, a plan might walk over the sessions of all in that order.
    const page = db
      .selectFrom('sessions')
      .selectAll()
      .where(sql<boolean>`(gateway_id, session_id) > (${given('gatewayId')}::uuid, ${given('after')}::uuid)`)
      .where('gateway_id', '<=', given('gatewayId'))
      .orderBy('gateway_id')
      .orderBy('session_id')
      .limit(given('limit'));
    return db
      .selectFrom(page.as('page'))
      .innerJoin('users', 'users.user_key', 'page.user_key')
      .select(['page.session_id', 'users.username'])
      .orderBy('page.session_id');
  });

  /** As `sessions`, of those that this gateway answers for. */
  return async ({
    gatewayId,
    after,
    limit,
  }: {
    readonly gatewayId: string;
    readonly after: string | null;
    readonly limit: number;
  }): Promise<Snapshot<SessionOfGateway[]>> => {
    const { rows, upTo } = await find({ gatewayId, after: after ?? NIL, limit });
    return { answer: rows.map(({ session_id, username }) => ({ session_id, username })), upTo };
  };
}

export function prepareSessionGateways({ db, prepare }: Reads) {
  // From each to the next one in the index, past its sessions.
  const find = prepare(() =>
    db
      .withRecursive('found', (cte) =>
        cte
          .selectFrom(firstGateway(cte).as('first'))
          .select('first.gateway_id')
          .unionAll(
            cte
              .selectFrom('found')
              .innerJoinLateral(
                firstGateway(cte).where('gateway_id', '>', sql.ref<string>('found.gateway_id')).as('next'),
                (join) => join.onTrue(),
              )
              .select('next.gateway_id'),
          ),
      )
      .selectFrom('found')
      .select('found.gateway_id'),
  );

  /** Ids of those that have sessions. It costs as much as there are gateways, however many sessions they have. */
  return async (): Promise<Snapshot<string[]>> => {
    const { rows, upTo } = await find({});
    return { answer: rows.map(({ gateway_id }) => gateway_id), upTo };
  };
}

const firstGateway = (db: Pick<Kysely<ReadTables>, 'selectFrom'>) =>
  db.selectFrom('sessions').select('gateway_id').orderBy('gateway_id').limit(sql.lit(1));

/** Of a user who has no session any more and is still said to be online. */
export interface DueDeparture {
  /** As it was registered. */
  readonly username: string;
  /** From then on housekeeping says that the user has gone. ISO 8601. */
  readonly offline_at: string;
}

/** Before every one that is due. */
const BEGINNING: DueDeparture = { username: '', offline_at: '-infinity' };

export function prepareDueDepartures({ db, prepare }: Reads) {
  const find = prepare(
    (given: Given<{ before: string; limit: number; offline_at: string; user_key: string }>) =>
      db
        .selectFrom(
          db
            .selectFrom('departures')
            .selectAll()
            .where('offline_at', '<', sql<Date>`${given('before')}::timestamptz`)
            .where(
              sql<boolean>`(offline_at, user_key) > (${given('offline_at')}::timestamptz, ${given('user_key')})`,
            )
            .orderBy('offline_at')
            .orderBy('user_key')
            .limit(given('limit'))
            .as('page'),
        )
        .innerJoin('users', 'users.user_key', 'page.user_key')
        .select(['users.username', isoDate('page.offline_at').as('offline_at')])
        .orderBy('page.offline_at')
        .orderBy('page.user_key'),
  );

  /** Those that were due before this date, in the order in which they became so. `after`: the last one of those before; null: from the first. */
  return async ({
    before,
    after,
    limit,
  }: {
    readonly before: string;
    readonly after: DueDeparture | null;
    readonly limit: number;
  }): Promise<Snapshot<DueDeparture[]>> => {
    const { username, offline_at } = after ?? BEGINNING;
    const { rows, upTo } = await find({ before, limit, offline_at, user_key: userKey(username) });
    return { answer: rows.map(({ username, offline_at }) => ({ username, offline_at })), upTo };
  };
}
