import { sql } from 'kysely';
import type { Reads } from '../snapshot.ts';

export function prepareProjectedPosition({ db, prepare }: Reads) {
  const find = prepare(() => db.selectNoFrom(sql.lit(true).as('is_there')));

  /** The read models have seen the log up to here; -1n: nothing yet. */
  return async (): Promise<bigint> => {
    const { upTo } = await find({});
    return upTo.position;
  };
}
