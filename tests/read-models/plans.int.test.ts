import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pairId } from '../../platform/event-store/stream-name.ts';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import { PAGE_PLANNING } from '../../platform/postgres/prepared-dialect.ts';
import { OFFSET_LIMIT } from '../../protocol/http-requests.ts';
import type { PageRequest } from '../../protocol/http-resources.ts';
import { trimFeed } from '../../read-models/feed/trim-feed.ts';
import type { ReadModels } from '../../read-models/read-models.ts';
import { openReadModels } from '../../read-models/read-models.ts';
import { openReadSides, type ReadSide, type ReadSides, silent } from '../projection-service/read-side.ts';
import { TEST_LOG } from '../projection-service/scripted-log.ts';
import {
  cursor,
  PAGES_LOOKED_AT,
  plansOf,
  ROWS_READ,
  rowsRead,
  STEPS_PER_ROW,
  scans,
} from './statement-plans.ts';

const MESSAGES = 200_000;
const OTHERS = 20_000;
/** Whose nickname begins with another letter than their username. */
const RENAMED = 20_000;
const EVERYBODY = OTHERS + RENAMED + 3;
/** By Ann. */
const BLOCKED = 15_000;
/** Of Bob's. */
const FRIENDS = 15_000;
/** Of Eve. */
const BLOCKERS = 3000;

const PAGE: PageRequest = { limit: 30, offset: 0 };
const DEEPEST: PageRequest = { limit: 30, offset: OFFSET_LIMIT };
const beyond = (count: number): PageRequest => ({ limit: 30, offset: count });

describe('with a long history', () => {
  let sides: ReadSides;
  let side: ReadSide;
  beforeAll(async () => {
    sides = await openReadSides();
    side = await sides.open();
    const chatId = pairId('ann', 'bob');
    for (const statement of history(chatId)) await side.rows(statement);
    await side.close();
  });
  afterAll(() => sides.close());

  it.each<[string, (models: ReadModels) => Promise<unknown>, statements?: number]>([
    ['self', (models) => models.self('ann')],
    ['user', (models) => models.user('ann', 'bob')],
    ['profile', (models) => models.profile('ann', 'bob')],
    ['an opened chat', (models) => models.openedChat('ann', 'bob')],
    ['messages', (models) => models.messages('ann', 'bob', PAGE)],
    [
      'messages further on',
      (models) => models.messages('ann', 'bob', { ...PAGE, before: cursor('messages', ['90000']) }),
    ],
    ['chats', (models) => models.chats('ann', PAGE)],
    [
      'chats further on',
      (models) => models.chats('ann', { ...PAGE, before: cursor('chats', ['190000', NIL]) }),
    ],
    ['search', (models) => models.searchUsers('ann', 'user', PAGE)],
    ['search by username alone', (models) => models.searchUsers('ann', 'r', PAGE)],
    ['search by nickname alone', (models) => models.searchUsers('ann', 'x1', PAGE)],
    [
      'search further on',
      (models) => models.searchUsers('ann', 'r', { ...PAGE, before: cursor('users', [1, 'x3', 'r3']) }),
    ],
    [
      'search among those who are online',
      (models) => models.searchUsers('ann', 'r', { ...PAGE, before: cursor('users', [0, 'x3', 'r3']) }),
    ],
    [
      'search beyond those who are online',
      (models) => models.searchUsers('ann', 'r', { ...PAGE, before: cursor('users', [0, 'x9999', 'r9999']) }),
    ],
    ['search for anybody', (models) => models.searchUsers('ann', '', PAGE)],
    ['search for nobody', (models) => models.searchUsers('ann', 'user3x', PAGE)],
    ['friends', (models) => models.friends('bob', PAGE)],
    [
      'friends further on',
      (models) => models.friends('bob', { ...PAGE, before: cursor('friends', ['user14000']) }),
    ],
    ['blocked users', (models) => models.blockedUsers('ann', PAGE)],
    ['search beyond the last', (models) => models.searchUsers('ann', '', beyond(EVERYBODY))],
    ['friends beyond the last', (models) => models.friends('bob', beyond(FRIENDS))],
    ['blocked users beyond the last', (models) => models.blockedUsers('ann', beyond(BLOCKED))],
    ['chats beyond the last', (models) => models.chats('ann', beyond(OTHERS + 1))],
    ['messages beyond the last', (models) => models.messages('ann', 'bob', beyond(MESSAGES))],
    [
      'missed',
      (models) => models.missed('ann', { position: BigInt(MESSAGES - 50), ordinal: 0, log: TEST_LOG }, 100),
    ],
    [
      'missed, too much for one who was told nothing',
      (models) => models.missed('eve', { position: 10n, ordinal: 0, log: TEST_LOG }, 150),
      2,
    ],
    [
      'missed, nothing',
      (models) => models.missed('ann', { position: BigInt(MESSAGES), ordinal: 0, log: TEST_LOG }, 100),
    ],
    [
      'missed, too much',
      (models) => models.missed('ann', { position: 10n, ordinal: 0, log: TEST_LOG }, 150),
      2,
    ],
    ['trimming', () => trimFeed(sides.pool, side.schema, new Date(0), 100)],
  ])('%s reads a few index entries, no table from end to end', async (_, ask, statements = 1) => {
    for (const plan of await plansOf(side.models, sides.pool, ask, statements)) {
      expect(scans(plan)).toEqual([]);
      expect(plan['Shared Hit Blocks'] + plan['Shared Read Blocks']).toBeLessThan(PAGES_LOOKED_AT);
    }
  });

  it('a search enters the index where its prefix begins, and goes on where the page before ended', async () => {
    const firstOf = async (search: string, before?: (string | number)[]) => {
      const page = { limit: 1, offset: 0, ...(before && { before: cursor('users', before) }) };
      const plans = await plansOf(side.models, sides.pool, (models) =>
        models.searchUsers('bob', search, page),
      );
      return Math.max(...plans.map((plan) => plan['Shared Hit Blocks'] + plan['Shared Read Blocks']));
    };
    const first = await firstOf('ann');
    for (const pages of [
      await firstOf('user9'),
      await firstOf('x9'),
      await firstOf('x', [1, 'x9', 'r9']),
      await firstOf('r9'),
      await firstOf('r', [1, 'x9', 'r9']),
      await firstOf('x', [1, 'ann', 'ann']),
      await firstOf('x', [0, 'x9', 'r9']),
      await firstOf('r', [0, 'x9', 'r9']),
      await firstOf('x', [0, 'x9999', 'r9999']),
    ])
      expect(pages).toBeLessThan(first + 10);
  });

  it.each<[string, number, (models: ReadModels) => Promise<unknown>]>([
    ['a search, by offset', 2 * OFFSET_LIMIT, (models) => models.searchUsers('ann', '', DEEPEST)],
    ['friends, by offset', OFFSET_LIMIT, (models) => models.friends('bob', DEEPEST)],
    ['blocked users, by offset', OFFSET_LIMIT, (models) => models.blockedUsers('ann', DEEPEST)],
    ['chats, by offset', OFFSET_LIMIT, (models) => models.chats('ann', DEEPEST)],
    ['messages, by offset', OFFSET_LIMIT, (models) => models.messages('ann', 'bob', DEEPEST)],
    [
      'a search by username alone, by offset',
      2 * OFFSET_LIMIT,
      (models) => models.searchUsers('ann', 'r', DEEPEST),
    ],
    ['a search by whom many block', BLOCKERS, (models) => models.searchUsers('eve', 'user', PAGE)],
  ])('%s reads at most so far', async (_, rows, ask) => {
    for (const plan of await plansOf(side.models, sides.pool, ask)) {
      expect(scans(plan)).toEqual([]);
      expect(rowsRead(plan)).toBeLessThan((ROWS_READ + rows) * STEPS_PER_ROW);
    }
  });
});

it('statements of connections for pages are planned once, whatever they are asked for', async () => {
  const sides = await openReadSides();
  const { schema } = await sides.open();
  const pool = createPostgresPool({
    url: sides.url,
    applicationName: 'test',
    max: 1,
    settings: PAGE_PLANNING,
    logger: silent,
  });
  const models = openReadModels({ pool, schema, logger: silent });
  for (const limit of [1, 10, 100])
    for (const caller of ['ann', 'bob', 'cid']) {
      await models.chats(caller, { ...PAGE, limit });
      await models.searchUsers(caller, caller, { ...PAGE, limit });
    }
  const { rows } = await pool.query('select generic_plans, custom_plans from pg_prepared_statements');
  expect(rows).toEqual([
    { generic_plans: 9n, custom_plans: 0n },
    { generic_plans: 9n, custom_plans: 0n },
  ]);
  await pool.end();
  await sides.close();
});

/** Two of three are not. */
const IS_ONLINE = 'n % 3 = 0';

const NIL = '00000000-0000-0000-0000-000000000000';

/** Ann talks to Bob without end and now and then to everybody else; she blocks many, and many block her and Eve. */
const history = (chatId: string): string[] => [
  `insert into users select 'user' || n, 'user' || n, 'user' || n, 'user' || n, '', now(), n, ${IS_ONLINE} from generate_series(1, ${OTHERS}) n`,
  `insert into users select lower(name), name, name, lower(name), '', now(), 0 from unnest(array['Ann', 'Bob', 'Eve']) name`,
  `insert into users select 'r' || n, 'r' || n, 'x' || n, 'x' || n, '', now(), n, ${IS_ONLINE} from generate_series(1, ${RENAMED}) n`,
  `insert into username_prefixes select left(user_key, n), is_online, nickname_key, user_key
    from users, generate_series(1, length(user_key)) n where nickname_key <> user_key`,
  `insert into user_prefixes values ('x', ${RENAMED}), ('x1', 1000), ('x9', 1000), ('r9', 1000), ('ann', 1), ('', ${EVERYBODY}), ('user', ${OTHERS}), ('r', ${RENAMED})`,
  `insert into user_counters select user_key, 1, 1, 1 from users where user_key <> 'ann'`,
  `insert into user_counters values ('ann', ${OTHERS + 1}, 1, ${BLOCKED})`,
  `update user_counters set friends = ${FRIENDS} where user_key = 'bob'`,
  `insert into friendships select 'bob', 'user' || n from generate_series(1, ${FRIENDS}) n`,
  `insert into friendships select 'user' || n, 'user' || n + m from generate_series(1, 9000) n, generate_series(1, 3) m`,
  `insert into blocks select 'ann', 'user' || n from generate_series(1, ${BLOCKED}) n`,
  `insert into blocks select 'user' || n, 'eve' from generate_series(1, ${BLOCKERS}) n`,
  `insert into blocks select 'user' || n, 'ann' from generate_series(10000, 10020) n`,
  `insert into blocks select 'user' || n, 'user' || n + m from generate_series(1, 9000) n, generate_series(1, 3) m`,
  `insert into user_prefixes select 'user' || n, 1 from generate_series(1, ${OTHERS}) n`,
  `insert into messages select '${chatId}', n, gen_random_uuid(), case n % 2 when 0 then 'ann' else 'bob' end, (n + 1) / 2,
    'message ' || n, 't', now() from generate_series(1, ${MESSAGES}) n`,
  `insert into likes select message_id from messages where position % 3 = 0`,
  `insert into read_markers select chat_id, case sender_key when 'ann' then 'bob' else 'ann' end, position, now() from messages
    where position % 7 = 0`,
  `insert into chats values ('${chatId}', 'ann', 'bob', ${MESSAGES / 2}, ${MESSAGES / 2}, 0, 0, ${MESSAGES}, ${MESSAGES})`,
  `insert into chats select gen_random_uuid(), 'ann', 'user' || n, 0, 0, 0, 0, ${MESSAGES} - n, ${MESSAGES} - n from generate_series(1, ${OTHERS}) n`,
  `insert into feed select who, null, n, 0, now(), '{"action":"like_message"}'
    from generate_series(1, ${MESSAGES}) n, unnest(array['ann', 'bob']) who`,
  `insert into feed select '*', array['eve'], n, 1, now(), '{"action":"new_tournament"}' from generate_series(1, ${MESSAGES}) n`,
  `update checkpoints set position = ${MESSAGES}`,
  `analyze`,
];
