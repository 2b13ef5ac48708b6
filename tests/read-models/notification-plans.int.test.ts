import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OFFSET_LIMIT } from '../../protocol/http-requests.ts';
import type { PageRequest } from '../../protocol/http-resources.ts';
import type { ReadModels } from '../../read-models/read-models.ts';
import { openReadSides, type ReadSide, type ReadSides } from '../projection-service/read-side.ts';
import {
  cursor,
  PAGES_LOOKED_AT,
  plansOf,
  ROWS_READ,
  rowsRead,
  STEPS_PER_ROW,
  scans,
} from './statement-plans.ts';

/** Ann's: one at every second place. Every third was read by itself. */
const PERSONAL = 200_000;
/** One at every tenth place. Every second is open. */
const TOURNAMENTS = 40_000;
/** Half of all. */
const MARKER = 200_001;
/** Open ones, beyond the marker, that Ann has read by themselves, the newest, and that she is not to see. */
const [READ, HIDDEN] = [100, 40];

const LISTED = PERSONAL + TOURNAMENTS / 2 - HIDDEN;
const UNREAD_PERSONAL = Math.ceil((PERSONAL / 2) * (2 / 3));
const UNREAD = UNREAD_PERSONAL + TOURNAMENTS / 4 - READ - HIDDEN;
const COUNTS = { all: LISTED, unread: UNREAD, read: LISTED - UNREAD } as const;

const FILTERS = ['all', 'unread', 'read'] as const;
const PAGE: PageRequest = { limit: 30, offset: 0 };
const further = (position: number): PageRequest => ({
  ...PAGE,
  before: cursor('notifications', [`${position}`]),
});

describe('with many notifications and many open tournaments', () => {
  let sides: ReadSides;
  let side: ReadSide;
  beforeAll(async () => {
    sides = await openReadSides();
    side = await sides.open();
    for (const statement of HISTORY) await side.rows(statement);
    await side.close();
  });
  afterAll(() => sides.close());

  it.each<[string, (models: ReadModels) => Promise<unknown>]>([
    ['self', (models) => models.self('ann')],
    ...FILTERS.flatMap((filter): [string, (models: ReadModels) => Promise<unknown>][] => [
      [filter, (models) => models.notifications('ann', filter, PAGE)],
      [`${filter} beyond the marker`, (models) => models.notifications('ann', filter, further(250_000))],
      [`${filter} up to the marker`, (models) => models.notifications('ann', filter, further(150_000))],
      [
        `${filter} beyond the last`,
        (models) => models.notifications('ann', filter, { ...PAGE, offset: COUNTS[filter] }),
      ],
    ]),
  ])('%s reads a few index entries, no table from end to end', async (_, ask) => {
    for (const plan of await plansOf(side.models, sides.pool, ask)) {
      expect(scans(plan)).toEqual([]);
      expect(plan['Shared Hit Blocks'] + plan['Shared Read Blocks']).toBeLessThan(PAGES_LOOKED_AT);
      expect(rowsRead(plan)).toBeLessThan((ROWS_READ + READ + HIDDEN) * STEPS_PER_ROW);
    }
  });

  it.each(FILTERS)('%s by offset reads each source at most so far', async (filter) => {
    const deepest = { ...PAGE, offset: OFFSET_LIMIT };
    const plans = await plansOf(side.models, sides.pool, (models) =>
      models.notifications('ann', filter, deepest),
    );
    for (const plan of plans) {
      expect(scans(plan)).toEqual([]);
      expect(rowsRead(plan)).toBeLessThan((ROWS_READ + 4 * OFFSET_LIMIT) * STEPS_PER_ROW);
    }
  });

  it.each(FILTERS)('%s are counted', async (filter) => {
    const { answer } = await side.models.notifications('ann', filter, PAGE);
    expect(answer).toMatchObject({ count: COUNTS[filter], items: expect.objectContaining({ length: 30 }) });
    expect((await side.models.self('ann')).answer).toMatchObject({ unread_notifications_count: UNREAD });
  });
});

const HISTORY = [
  `insert into users select 'user' || n, 'user' || n, 'user' || n, 'user' || n, '', now(), 0 from generate_series(1, ${TOURNAMENTS}) n`,
  `insert into users values ('ann', 'Ann', 'Ann', 'ann', '', now(), 0)`,
  `insert into inboxes select 'user' || n, 1, 1, -1, now() from generate_series(1, ${TOURNAMENTS}) n`,
  `insert into inboxes values ('ann', ${PERSONAL}, ${UNREAD_PERSONAL}, ${MARKER}, now())`,
  `insert into notifications select 'ann', n * 2, gen_random_uuid(), 'user' || n % 1000 + 1, now(), n % 3 = 0,
      case when n % 5 = 0 then gen_random_uuid() end, case when n % 5 = 0 then '{}'::jsonb end
    from generate_series(1, ${PERSONAL}) n`,
  `insert into notifications select 'user' || n, 7, gen_random_uuid(), 'ann', now(), false, gen_random_uuid(), '{}' from generate_series(1, ${TOURNAMENTS}) n`,
  `insert into tournaments (tournament_id, number, position, notification_id, name, alias, required_participants, settings,
      creator_key, is_open, date)
    select gen_random_uuid(), n, n * 10 + 1, gen_random_uuid(), 'Cup', 'Ace', 4, '{}', 'user' || n, n % 2 = 0, now()
    from generate_series(1, ${TOURNAMENTS}) n`,
  `insert into open_tournaments select n, n / 2 - (n - (n & -n)) / 2 from generate_series(1, ${TOURNAMENTS}) n`,
  `insert into open_tournaments values (0, ${TOURNAMENTS / 2})`,
  `insert into announcement_exceptions select creator_key, position, false from tournaments where is_open`,
  `insert into announcement_exceptions select 'ann', position, true from tournaments where is_open order by position desc limit ${READ}`,
  `insert into announcement_exceptions select 'ann', position, false from tournaments
    where is_open and position > 300000 order by position limit ${HIDDEN}`,
  // The newest one, everybody else has read by itself.
  `insert into announcement_exceptions select 'user' || n, ${TOURNAMENTS} * 10 + 1, true from generate_series(1, ${TOURNAMENTS} - 1) n`,
  'analyze',
];
