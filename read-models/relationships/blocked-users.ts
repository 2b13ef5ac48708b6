import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { z } from 'zod';
import type { Given } from '../../platform/postgres/prepared-query.ts';
import type { Page, PageRequest, PresenceProfile } from '../../protocol/http-resources.ts';
import { OFFLINE } from '../awaiting-features.ts';
import { pageCursors, pageOf, rowsWithin, textPlace } from '../pages.ts';
import type { Reads, Snapshot } from '../snapshot.ts';
import { userKey } from '../user-key.ts';

const cursors = pageCursors('blocked_users', z.tuple([textPlace]));

export function prepareBlockedUsers(reads: Reads) {
  const find = prepareRows(reads);

  /** By username. */
  return async (
    caller: string,
    { limit, offset, before }: PageRequest,
  ): Promise<Snapshot<Page<PresenceProfile>>> => {
    // The empty text is before every key.
    const [after] = before === undefined ? [''] : cursors.read(before);
    const { rows, upTo } = await find({
      caller: userKey(caller),
      after,
      rows: limit + 1,
      offset: before === undefined ? offset : 0,
    });
    const [found] = rows;
    const page = pageOf(found?.rows ?? [], {
      count: found?.count ?? 0,
      limit,
      toItem: ({ blocked_key: _, ...profile }) => ({ ...profile, ...OFFLINE }),
      cursorOf: ({ blocked_key }) => cursors.write([blocked_key]),
    });
    return { answer: page, upTo };
  };
}

interface Asked {
  readonly caller: string;
  readonly after: string;
  readonly rows: number;
  readonly offset: number;
}

const prepareRows = ({ db, prepare }: Reads) =>
  prepare((given: Given<Asked>) => {
    const count = db
      .selectFrom('user_counters')
      .select('blocked_users')
      .where('user_key', '=', given('caller'));
    const page = db
      .selectFrom('blocks')
      .where('blocker_key', '=', given('caller'))
      .where('blocked_key', '>', given('after'))
      .select('blocked_key')
      .orderBy('blocked_key')
      .limit(rowsWithin(count.$asScalar(), given('offset'), given('rows')))
      .offset(given('offset'));
    const blocked = db
      .selectFrom(page.as('page'))
      .innerJoin('users', 'users.user_key', 'page.blocked_key')
      .select(['page.blocked_key', 'users.username', 'users.nickname', 'users.avatar'])
      .orderBy('page.blocked_key');
    return db.selectNoFrom([jsonArrayFrom(blocked).as('rows'), count.as('count')]);
  });
