import { type AliasableExpression, type Expression, expressionBuilder, type RawBuilder, sql } from 'kysely';
import type { GameOptions } from '../../domain/game-options.ts';
import type { NotificationFilter } from '../../protocol/http-requests.ts';
import { isThere } from '../relationships/stance.ts';
import type { TournamentsTable } from '../tournaments/tables.ts';
import type { ReaderTables } from './reader.ts';

const { selectFrom } = expressionBuilder<ReaderTables, 'reader'>();

/** What comes before a place, from new to old, and so many of it. */
export interface Part {
  readonly before: Expression<bigint>;
  readonly rows: Expression<number>;
}

/**
 * Where the reader's notifications come from that the filter lets through: these parts, merged, are the list. Each is read in an
 * index that holds nothing which the filter rejects, but what is excepted from open announcements.
 */
export function sourcesOf(filter: NotificationFilter, part: Part): readonly [Source, ...Source[]] {
  switch (filter) {
    case 'all':
      return [
        personal(part, { where: YES, isRead: sql`(n.is_read or n.position <= reader.marked_up_to)` }),
        announced(part, { where: isListed, isRead: sql`(t.position <= reader.read_up_to or ${isExcepted})` }),
      ];
    case 'unread':
      return [
        personal(part, { where: sql`not n.is_read and n.position > reader.marked_up_to`, isRead: NO }),
        announced(part, { where: sql`t.position > reader.read_up_to and not ${isExcepted}`, isRead: NO }),
      ];
    case 'read':
      return [
        personal(part, { where: sql`n.position <= reader.marked_up_to`, isRead: YES }),
        personal(part, { where: sql`n.is_read and n.position > reader.marked_up_to`, isRead: YES }),
        announced(part, { where: sql`t.position <= reader.read_up_to and ${isListed}`, isRead: YES }),
        readByThemselves(part),
      ];
  }
}

export type Source = AliasableExpression<{
  position: bigint;
  id: string;
  /** Whom the notification is about. */
  actor_key: string;
  date: Date;
  is_read: boolean;
  /** Of a tournament that was announced. */
  tournament_id: string | null;
  tournament_name: string | null;
  alias: string | null;
  /** Of an invitation. */
  invitation_id: string | null;
  options: GameOptions | null;
}>;

type Condition = RawBuilder<boolean>;

/** Which of a source's rows; and whether the reader has read such a one. */
interface Rows {
  readonly where: Condition;
  readonly isRead: Condition;
}

/** Of an open announcement `t`. */
const exceptions = expressionBuilder<ReaderTables & { t: TournamentsTable }, 'reader' | 't'>()
  .selectFrom('announcement_exceptions as e')
  .whereRef('e.user_key', '=', 'reader.user_key')
  .whereRef('e.position', '=', 't.position')
  .select('e.position');

const isExcepted = isThere(exceptions);

const isListed = sql<boolean>`not ${isThere(exceptions.where('e.is_listed', '=', sql.lit(false)))}`;

const YES: Condition = sql`true`;
const NO: Condition = sql`false`;

const personal = ({ before, rows }: Part, { where, isRead }: Rows) =>
  selectFrom('notifications as n')
    .whereRef('n.user_key', '=', 'reader.user_key')
    .where('n.position', '<', before)
    .where(sql<boolean>`(${where})`)
    .orderBy('n.position', 'desc')
    .limit(rows)
    .select(['n.position', 'n.id', 'n.actor_key', 'n.date', isRead.as('is_read')])
    .select([
      sql<string | null>`null::uuid`.as('tournament_id'),
      sql<string | null>`null::text`.as('tournament_name'),
      sql<string | null>`null::text`.as('alias'),
    ])
    .select(['n.invitation_id', 'n.options']);

const announced = ({ before, rows }: Part, { where, isRead }: Rows) =>
  selectFrom('tournaments as t')
    .where('t.is_open', '=', sql.lit(true))
    .whereRef('t.position', '>', 'reader.since')
    .where('t.position', '<', before)
    .where(sql<boolean>`(${where})`)
    .orderBy('t.position', 'desc')
    .limit(rows)
    .select([
      't.position',
      't.notification_id as id',
      't.creator_key as actor_key',
      't.date',
      isRead.as('is_read'),
    ])
    .select(tournamentColumns)
    .select(noInvitation);

/** Announcements that are beyond the marker. */
const readByThemselves = ({ before, rows }: Part) =>
  selectFrom(
    selectFrom('announcement_exceptions as e')
      .whereRef('e.user_key', '=', 'reader.user_key')
      .where('e.is_listed', '=', sql.lit(true))
      .whereRef('e.position', '>', 'reader.read_up_to')
      .where('e.position', '<', before)
      .select('e.position')
      .orderBy('e.position', 'desc')
      .limit(rows)
      .as('excepted'),
  )
    .innerJoin('tournaments as t', 't.position', 'excepted.position')
    .select([
      't.position',
      't.notification_id as id',
      't.creator_key as actor_key',
      't.date',
      YES.as('is_read'),
    ])
    .select(tournamentColumns)
    .select(noInvitation);

const noInvitation = [
  sql<string | null>`null::uuid`.as('invitation_id'),
  sql<GameOptions | null>`null::jsonb`.as('options'),
];

const tournamentColumns = ['t.tournament_id', 't.name as tournament_name', 't.alias'] as const;
