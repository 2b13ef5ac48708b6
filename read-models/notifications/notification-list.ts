import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import type { Given } from '../../platform/postgres/prepared-query.ts';
import type { NotificationFilter } from '../../protocol/http-requests.ts';
import type { Notification, Page, PageRequest } from '../../protocol/http-resources.ts';
import { BEYOND_EVERY_POSITION, pageCursors, pageOf, positionPlace, rowsWithin } from '../pages.ts';
import type { Reads, Snapshot } from '../snapshot.ts';
import type { ReadTables } from '../tables.ts';
import { userKey } from '../user-key.ts';
import { isoDate } from '../written-date.ts';
import { invitationDetails } from './invitation-details.ts';
import { counted, readerOf } from './reader.ts';
import { type Source, sourcesOf } from './sources.ts';

const cursors = pageCursors('notifications', z.tuple([positionPlace]));

export function prepareNotifications(reads: Reads) {
  const find = {
    all: prepareRows(reads, 'all'),
    unread: prepareRows(reads, 'unread'),
    read: prepareRows(reads, 'read'),
  };

  /** Those that the filter lets through, newest first; `count` is of these. */
  return async (
    caller: string,
    filter: NotificationFilter,
    { limit, offset, before }: PageRequest,
  ): Promise<Snapshot<Page<Notification>>> => {
    const [position] = before === undefined ? [BEYOND_EVERY_POSITION] : cursors.read(before);
    const skipped = before === undefined ? offset : 0;
    const { rows, upTo } = await find[filter]({
      caller: userKey(caller),
      position,
      rows: limit + 1,
      offset: skipped,
      reach: skipped + limit + 1,
    });
    const page = pageOf(rows, {
      count: rows[0]?.count ?? 0,
      limit,
      toItem: toNotification,
      cursorOf: (row) => cursors.write([String(row.position)]),
    });
    return { answer: page, upTo };
  };
}

type NotificationRow = Awaited<ReturnType<ReturnType<typeof prepareRows>>>['rows'][number];

function toNotification(row: NotificationRow): Notification | null {
  const { id, is_read, username, nickname, avatar, date } = row;
  const { tournament_id, tournament_name, alias, invitation_id, options } = row;
  if (id === null || is_read === null || username === null || nickname === null || avatar === null)
    return null;
  const profile = { username, nickname, avatar };
  if (invitation_id !== null && options !== null) {
    const invitee = { username: row.invitee, nickname: row.invitee_nickname, avatar: row.invitee_avatar };
    const details = { invitationId: invitation_id, options, date };
    return { id, action: 'game_invite', data: invitationDetails(profile, invitee, details), is_read };
  }
  if (tournament_id === null || tournament_name === null || alias === null)
    return { id, action: 'new_friend', data: { ...profile, date }, is_read };
  return {
    id,
    action: 'new_tournament',
    data: { tournament_id, tournament_name, creator: alias, alias, ...profile, status: 'open', date },
    is_read,
  };
}

interface Asked {
  readonly caller: string;
  readonly position: string;
  readonly rows: number;
  readonly offset: number;
  /** How far each source is read. */
  readonly reach: number;
}

/**
 * The newest of all sources, merged: none is read further than the page goes. Each row with the count; one row without a notification when
 * the page is empty, none for nobody.
 */
const prepareRows = ({ db, prepare }: Reads, filter: NotificationFilter) =>
  prepare((given: Given<Asked>) =>
    db
      .selectFrom(readerOf(db, given('caller')))
      .innerJoinLateral(counted(db, filter), (join) => join.onTrue())
      .leftJoinLateral(newest(db, filter, given).as('listed'), (join) => join.onTrue())
      .leftJoin('users as actor', 'actor.user_key', 'listed.actor_key')
      .select(['counted.count', 'listed.position', 'listed.id', 'listed.is_read'])
      .select(['actor.username', 'actor.nickname', 'actor.avatar', isoDate('listed.date').as('date')])
      .select(['listed.tournament_id', 'listed.tournament_name', 'listed.alias'])
      .select(['listed.invitation_id', 'listed.options'])
      .select([
        'reader.username as invitee',
        'reader.nickname as invitee_nickname',
        'reader.avatar as invitee_avatar',
      ])
      .orderBy('listed.position', 'desc'),
  );

const newest = (db: Kysely<ReadTables>, filter: NotificationFilter, given: Given<Asked>) => {
  const part = { before: sql<bigint>`${given('position')}::bigint`, rows: given('reach') };
  const rowsOf = (source: Source) => db.selectFrom(source.as('source')).selectAll();
  const [first, ...others] = sourcesOf(filter, part);
  let merged = rowsOf(first);
  for (const source of others) merged = merged.unionAll(rowsOf(source));
  return db
    .selectFrom(merged.as('merged'))
    .selectAll()
    .orderBy('position', 'desc')
    .limit(rowsWithin(sql.ref('counted.count'), given('offset'), given('rows')))
    .offset(given('offset'));
};
