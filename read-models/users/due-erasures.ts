import type { Given } from '../../platform/postgres/prepared-query.ts';
import type { Reads, Snapshot } from '../snapshot.ts';
import { userKey } from '../user-key.ts';
import { isoDate } from '../written-date.ts';

/** One that is not completed. */
export interface DueErasure {
  readonly username: string;
  /** ISO 8601. */
  readonly date: string;
}

export function prepareDueErasures({ db, prepare }: Reads) {
  const find = prepare((given: Given<{ after: string; limit: number }>) =>
    db
      .selectFrom('erasures')
      .where('user_key', '>', given('after'))
      .select(['username', isoDate('date').as('date')])
      .orderBy('user_key')
      .limit(given('limit')),
  );

  /** In the order of their names. `after`: the last one of those before; null: from the first. */
  return async (after: DueErasure | null, limit: number): Promise<Snapshot<DueErasure[]>> => {
    const { rows, upTo } = await find({ after: after ? userKey(after.username) : '', limit });
    return { answer: rows.map(({ username, date }) => ({ username, date })), upTo };
  };
}
