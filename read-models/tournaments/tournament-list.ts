import { sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { z } from 'zod';
import type { Given } from '../../platform/postgres/prepared-query.ts';
import type { Page, PageRequest, Tournament } from '../../protocol/http-resources.ts';
import { pageCursors, pageOf } from '../pages.ts';
import type { Reads, Snapshot } from '../snapshot.ts';
import { shownTournaments, toTournament } from './tournament-view.ts';

const BEYOND_EVERY_NUMBER = 2 ** 31 - 1;

const cursors = pageCursors('tournaments', z.tuple([z.int().min(1).max(BEYOND_EVERY_NUMBER)]));

export function prepareTournaments(reads: Reads) {
  const find = prepareRows(reads);

  /** All that were ever announced, the newest first. */
  return async ({ limit, offset, before }: PageRequest): Promise<Snapshot<Page<Tournament>>> => {
    const [number] = before === undefined ? [BEYOND_EVERY_NUMBER] : cursors.read(before);
    const { rows, upTo } = await find({
      before: number,
      rows: limit + 1,
      offset: before === undefined ? offset : 0,
    });
    const [found] = rows;
    const page = pageOf(found?.rows ?? [], {
      count: found?.count ?? 0,
      limit,
      toItem: toTournament,
      cursorOf: ({ number }) => cursors.write([number]),
    });
    return { answer: page, upTo };
  };
}

interface Asked {
  readonly before: number;
  readonly rows: number;
  readonly offset: number;
}

/** Numbers have no gaps, so the last one is the count, and an offset is passed over at once. */
const prepareRows = ({ db, prepare }: Reads) =>
  prepare((given: Given<Asked>) => {
    const last = db.selectFrom('tournaments').select('number').orderBy('number', 'desc').limit(sql.lit(1));
    const end = sql<number>`least(${given('before')}::integer, ${last} + 1) - ${given('offset')}::integer`;
    const page = shownTournaments().where('number', '<', end).orderBy('number', 'desc').limit(given('rows'));
    return db.selectNoFrom([jsonArrayFrom(page).as('rows'), last.as('count')]);
  });
