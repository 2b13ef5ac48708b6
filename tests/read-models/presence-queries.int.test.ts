import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { pairId } from '../../platform/event-store/stream-name.ts';
import { cursorAfter } from '../../protocol/cursor.ts';
import type { ReadModels } from '../../read-models/read-models.ts';
import { openReadSides, type ReadSide, type ReadSides } from '../projection-service/read-side.ts';
import { TEST_LOG } from '../projection-service/scripted-log.ts';
import { Story } from '../projection-service/story.ts';
import { PAGES_LOOKED_AT, plansOf, ROWS_READ, rowsRead, STEPS_PER_ROW, scans } from './statement-plans.ts';

const LATER = '2027-01-01T00:00:00.000Z';

describe('presence', () => {
  let sides: ReadSides;
  beforeAll(async () => {
    sides = await openReadSides();
  });
  afterEach(() => sides.release());
  afterAll(() => sides.close());

  it('is told of those who are asked for, in any case and once each, since when it is so', async () => {
    const story = new Story().signsUpAs('Ann', 'Anja').signsUp('Bob', 'Cid');
    const joined = story.dateOf(story.position);
    const first = story.opens('Ann');
    story.drops('Bob', story.opens('Bob'), 0);
    const side = await sides.open();
    await side.project(story.events);
    const of = async (...names: string[]) =>
      (await side.models.presenceOf(names)).answer.sort((a, b) => (a.user_key < b.user_key ? -1 : 1));
    const [ann, bob] = [story.presenceOf('Ann').since, story.presenceOf('Bob').since];
    const ONLINE = { user_key: 'ann', username: 'Ann', nickname: 'Anja', is_online: true, date: ann };
    const GONE = { user_key: 'bob', username: 'Bob', nickname: 'Bob', is_online: false, date: bob };
    const NEVER = { user_key: 'cid', username: 'Cid', nickname: 'Cid', is_online: false, date: joined };
    expect(await of('aNN', 'Ann', 'Bob', 'cid', 'Zoe', 'A\u0000', '', '"},{', 'x'.repeat(5000))).toEqual([
      ONLINE,
      GONE,
      NEVER,
    ]);
    expect(await of()).toEqual([]);
    await side.project(story.drops('Ann', first).events.slice(-1));
    expect(await of('Ann')).toEqual([ONLINE]);
    await side.project(story.goes('Ann').events.slice(-1));
    expect(await of('Ann')).toEqual([{ ...ONLINE, is_online: false, date: story.dateOf(story.position) }]);
  });

  it('that changed after a place of the log comes in the order of the log, page by page', async () => {
    const story = new Story().signsUp('Ann', 'Bob', 'Cid', 'Dee');
    const before = story.position;
    for (const name of ['Cid', 'Ann', 'Bob']) story.opens(name);
    const halfway = story.position;
    const side = await sides.open();
    await side.project(story.events);
    const since = async (after: bigint, limit = 100) =>
      (await side.models.presenceSince({ after, limit })).answer;
    const namesSince = async (after: bigint, limit?: number) =>
      (await since(after, limit)).map(({ username, is_online }) => `${username} ${is_online}`);
    expect(await namesSince(0n)).toEqual(['Cid true', 'Ann true', 'Bob true']);
    const [first] = await since(before, 1);
    expect(first).toMatchObject({ username: 'Cid', date: story.presenceOf('Cid').since });
    expect(await namesSince(first?.position ?? 0n)).toEqual(['Ann true', 'Bob true']);
    expect(await since(halfway)).toEqual([]);
    const [session] = story.presenceOf('Cid').sessions;
    story.drops('Cid', session?.sessionId ?? '', 0);
    await side.project(story.events.slice(-2));
    expect(await since(before)).toMatchObject([
      { username: 'Ann' },
      { username: 'Bob' },
      { username: 'Cid', is_online: false, position: story.position },
    ]);
    expect(await namesSince(halfway)).toEqual(['Cid false']);
  });

  it('rests on sessions: by id, by the gateway that answers for them, and these gateways', async () => {
    const [one, other] = [randomUUID(), randomUUID()].sort();
    if (one === undefined || other === undefined) expect.unreachable();
    const story = new Story().signsUp('Ann', 'Bob');
    const login = randomUUID();
    const opened = new Map(
      [
        { username: 'Ann', gatewayId: one, loginId: login },
        { username: 'Ann', gatewayId: other, loginId: login },
        { username: 'Bob', gatewayId: one, loginId: randomUUID() },
      ].map((session) => [story.opens(session.username, session), session]),
    );
    const ids = [...opened.keys()].sort();
    const openedAt = new Map(
      ['Ann', 'Bob'].flatMap((name) =>
        story.presenceOf(name).sessions.map(({ sessionId, openedAt }) => [sessionId, openedAt] as const),
      ),
    );
    const side = await sides.open();
    await side.project(story.events);
    const { sessions, sessionsOfGateway, sessionGateways } = side.models;
    const all = ids.map((session_id) => {
      const { username = '', loginId = '' } = opened.get(session_id) ?? {};
      return { session_id, username, login_id: loginId, opened_at: openedAt.get(session_id) };
    });
    expect((await sessions({ after: null, limit: 100 })).answer).toEqual(all);
    expect((await sessions({ after: null, limit: 2 })).answer).toEqual(all.slice(0, 2));
    expect((await sessions({ after: ids[1] ?? '', limit: 2 })).answer).toEqual(all.slice(2));
    expect((await sessions({ after: ids[2] ?? '', limit: 2 })).answer).toEqual([]);
    const ofGateway = async (gatewayId: string, after: string | null = null, limit = 100) =>
      (await sessionsOfGateway({ gatewayId, after, limit })).answer;
    const idsAt = (gateway: string) => ids.filter((id) => opened.get(id)?.gatewayId === gateway);
    const ofOne = idsAt(one).map((session_id) => ({
      session_id,
      username: opened.get(session_id)?.username,
    }));
    expect(await ofGateway(one)).toEqual(ofOne);
    expect(await ofGateway(one, null, 1)).toEqual(ofOne.slice(0, 1));
    expect(await ofGateway(one, ofOne[0]?.session_id)).toEqual(ofOne.slice(1));
    expect(await ofGateway(randomUUID())).toEqual([]);
    expect((await sessionGateways()).answer).toEqual([one, other]);
    for (const id of idsAt(one)) story.drops(opened.get(id)?.username ?? '', id, 0);
    await side.project(story.events.slice(-3));
    expect((await sessionGateways()).answer).toEqual([other]);
    expect((await sessions({ after: null, limit: 9 })).answer).toMatchObject([{ username: 'Ann' }]);
  });

  it('ends for those who left, in the order in which that is due, if nothing else comes', async () => {
    const story = new Story().signsUp('Ann', 'Bob', 'Cid', 'Dee', 'Eve');
    const due: { username: string; offline_at: string | null }[] = [];
    for (const [username, graceMs] of [
      ['Dee', 9000],
      ['Bob', 1],
      ['Cid', 1],
    ] as const) {
      story.drops(username, story.opens(username), graceMs);
      due.push({ username, offline_at: story.presenceOf(username).offlineAt });
    }
    const [dee, bob, cid] = due;
    story.opens('Ann');
    story.drops('Eve', story.opens('Eve'), 0);
    const side = await sides.open();
    await side.project(story.events);
    const departures = async (before: string, after: (typeof due)[number] | null, limit = 100) => {
      const at = after && { username: after.username, offline_at: after.offline_at ?? '' };
      return (await side.models.dueDepartures({ before, after: at, limit })).answer;
    };
    expect(await departures(LATER, null)).toEqual([bob, cid, dee]);
    expect(await departures(LATER, null, 1)).toEqual([bob]);
    expect(await departures(LATER, bob ?? null, 1)).toEqual([cid]);
    expect(await departures(LATER, cid ?? null, 9)).toEqual([dee]);
    expect(await departures(dee?.offline_at ?? '', null)).toEqual([bob, cid]);
    story.opens('Bob');
    story.goes('Dee');
    await side.project(story.events.slice(-2));
    expect(await departures(LATER, null)).toEqual([cid]);
    await side.rows(`update departures set offline_at = '2026-01-01T00:01:00.123Z'`);
    await side.rows(`insert into departures values ('ann', '2026-01-01T00:01:00.123Z')`);
    const atOnce = ['Ann', 'Cid'].map((username) => ({ username, offline_at: '2026-01-01T00:01:00.123Z' }));
    expect(await departures(LATER, null, 1)).toEqual(atOnce.slice(0, 1));
    expect(await departures(LATER, atOnce[0] ?? null, 1)).toEqual(atOnce.slice(1));
  });

  it('who is typed to: the other of the chat, and whether either of the two blocks', async () => {
    const story = new Story().signsUp('Ann', 'Bob', 'Cid').chat('Ann', 'Bob').chat('Cid', 'Ann');
    const side = await sides.open();
    let folded = 0;
    const target = async (username: string, chatId: string) => {
      await side.project(story.events.slice(folded));
      folded = story.events.length;
      return (await side.models.typingTarget(username, chatId)).answer;
    };
    const chatId = pairId('Ann', 'Bob');
    const [annFree, bobFree] = ['Ann', 'Bob'].map((username) => ({ username, is_blocked: false }));
    expect(await target('ANN', chatId)).toEqual(bobFree);
    expect(await target('bob', chatId)).toEqual(annFree);
    expect(await target('Cid', chatId)).toBeNull();
    expect(await target('Ann', randomUUID())).toBeNull();
    expect(await target('Zoe', chatId)).toBeNull();
    story.blocks('Ann', 'Cid');
    expect(await target('Ann', chatId)).toEqual(bobFree);
    story.blocks('Bob', 'Ann');
    expect(await target('Ann', chatId)).toEqual({ ...bobFree, is_blocked: true });
    expect(await target('Bob', chatId)).toEqual({ ...annFree, is_blocked: true });
    story.unblocks('Bob', 'Ann');
    expect(await target('Ann', chatId)).toEqual(bobFree);
  });

  it.each<[string, number, (models: ReadModels) => Promise<{ answer: unknown; upTo: unknown }>]>([
    ['presenceOf', 1, ({ presenceOf }) => presenceOf(['Ann'])],
    ['presenceSince', 2, ({ presenceSince }) => presenceSince({ after: 0n, limit: 10 })],
    ['sessions', 1, ({ sessions }) => sessions({ after: null, limit: 10 })],
    ['sessionGateways', 1, ({ sessionGateways }) => sessionGateways()],
    ['dueDepartures', 1, ({ dueDepartures }) => dueDepartures({ before: LATER, after: null, limit: 10 })],
  ])('%s says which snapshot it is of, also where there is nothing', async (_, found, ask) => {
    const side = await sides.open();
    const story = new Story().signsUp('Ann', 'Bob');
    story.opens('Ann');
    story.drops('Bob', story.opens('Bob'));
    for (const events of [[], story.events]) {
      await side.project(events);
      const { answer, upTo } = await ask(side.models);
      expect(answer).toHaveLength(events.length && found);
      expect(upTo).toEqual(cursorAfter(await side.models.projectedPosition(), TEST_LOG));
    }
  });
});

const USERS = 20_000;
const GATEWAYS = 5;

describe('with many who are there', () => {
  let sides: ReadSides;
  let side: ReadSide;
  beforeAll(async () => {
    sides = await openReadSides();
    side = await sides.open();
    for (const statement of HISTORY) await side.rows(statement);
    await side.close();
  });
  afterAll(() => sides.close());

  const limit = 100;
  const halfway = { username: `user${USERS / 2}`, offline_at: dateOf(USERS / 2) };

  it.each<[string, (models: ReadModels) => Promise<unknown>]>([
    ['presence of some', (models) => models.presenceOf(['user1', 'USER2', 'nobody', `user${USERS}`])],
    ['presence since lately', (models) => models.presenceSince({ after: BigInt(USERS - 20), limit })],
    ['presence since ever', (models) => models.presenceSince({ after: 0n, limit })],
    ['nothing since', (models) => models.presenceSince({ after: BigInt(2 * USERS), limit })],
    ['gateways', (models) => models.sessionGateways()],
    ['sessions', (models) => models.sessions({ after: null, limit })],
    ['sessions further on', (models) => models.sessions({ after: idOf(USERS / 2), limit })],
    [
      'sessions of a gateway',
      (models) => models.sessionsOfGateway({ gatewayId: idOf(2), after: null, limit }),
    ],
    [
      'sessions of a gateway further on',
      (models) => models.sessionsOfGateway({ gatewayId: idOf(2), after: idOf(USERS / 2), limit }),
    ],
    [
      'sessions of a gateway that has none',
      (models) => models.sessionsOfGateway({ gatewayId: idOf(GATEWAYS), after: null, limit }),
    ],
    ['departures', (models) => models.dueDepartures({ before: LATER, after: null, limit })],
    ['departures further on', (models) => models.dueDepartures({ before: LATER, after: halfway, limit })],
    ['no departure', (models) => models.dueDepartures({ before: dateOf(0), after: null, limit })],
    ['who is typed to', (models) => models.typingTarget('user1', pairId('user1', 'user2'))],
    ['nobody who is typed to', (models) => models.typingTarget('user3', pairId('user1', 'user2'))],
  ])('%s: reads a few index entries, no table from end to end', async (_, ask) => {
    for (const plan of await plansOf(side.models, sides.pool, ask)) {
      expect(scans(plan)).toEqual([]);
      expect(rowsRead(plan)).toBeLessThan(ROWS_READ * STEPS_PER_ROW);
      expect(plan['Shared Hit Blocks'] + plan['Shared Read Blocks']).toBeLessThan(PAGES_LOOKED_AT);
    }
  });
});

function idOf(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

function dateOf(number: number): string {
  return new Date(Date.parse('2026-01-01T12:00:00.000Z') + number * 1000).toISOString();
}

/** Every other user is online, and all have left or are about to. */
const HISTORY = [
  `insert into users (user_key, username, nickname, nickname_key, avatar, date_joined, registered_position, is_online, presence_date, presence_position)
    select 'user' || n, 'user' || n, 'user' || n, 'user' || n, '', now(), n, n % 2 = 0, now(), n from generate_series(1, ${USERS}) n`,
  `insert into sessions select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'user' || n,
    ('00000000-0000-4000-8000-' || lpad((n % ${GATEWAYS})::text, 12, '0'))::uuid, gen_random_uuid(), now() from generate_series(1, ${USERS}) n`,
  `insert into departures select 'user' || n, '${dateOf(0)}'::timestamptz + n * interval '1 second' from generate_series(1, ${USERS}) n`,
  `insert into chats select case n when 1 then '${pairId('user1', 'user2')}'::uuid else gen_random_uuid() end, 'user' || n, 'user' || n + 1, 0, 0, 0, 0, n, n
    from generate_series(1, ${USERS}) n`,
  `insert into blocks select 'user' || n, 'user' || n + m from generate_series(1, ${USERS}) n, generate_series(1, 3) m`,
  'analyze',
];
