import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { projectionDigest } from '../../projection-service/digest.ts';
import type { PresenceState } from '../../protocol/presence-states.ts';
import { ephemeralFrame } from '../../protocol/server-frames.ts';
import { userKey } from '../../read-models/user-key.ts';
import { anyPresenceStory } from './any-story.ts';
import { openReadSides, type ReadSide, type ReadSides } from './read-side.ts';
import { TEST_LOG } from './scripted-log.ts';
import { Story } from './story.ts';

describe('presence', () => {
  let sides: ReadSides;
  beforeAll(async () => {
    sides = await openReadSides();
  });
  afterEach(() => sides.release());
  afterAll(() => sides.close());

  const told = async (events: readonly RecordedEvent[]): Promise<ReadSide> => {
    const side = await sides.open();
    await side.project(events);
    return side;
  };

  describe('what each event does to it', () => {
    const presenceOfAnn = async (side: ReadSide) => ({
      users: await side.rows(
        `select is_online, presence_date, presence_position from users where user_key = 'ann'`,
      ),
      sessions: await side.rows('select * from sessions order by opened_at'),
      departures: await side.rows('select * from departures'),
    });
    const dateOf = (date: string | null | undefined) => date && new Date(date);
    const ids = {
      sessionId: '5f0e8a52-1c2b-4f6d-9a01-3b7c8d9e0f11',
      gatewayId: '0192f0c1-7b3a-7c55-8d21-6e5f4a3b2c1d',
      loginId: '7d1c2b3a-4e5f-4a6b-8c7d-9e0f1a2b3c4d',
    };

    it('SessionOpened and UserCameOnline: a session, and online since then', async () => {
      const story = new Story().signsUp('Ann');
      story.opens('Ann', ids);
      const side = await told(story.events);
      const since = dateOf(story.presenceOf('Ann').since);
      const user = { is_online: true, presence_date: since, presence_position: story.position };
      const session = {
        session_id: ids.sessionId,
        user_key: 'ann',
        gateway_id: ids.gatewayId,
        login_id: ids.loginId,
        opened_at: since,
      };
      expect(await presenceOfAnn(side)).toEqual({ users: [user], sessions: [session], departures: [] });
      story.opens('Ann');
      await side.project(story.events.slice(-1));
      expect(await presenceOfAnn(side)).toMatchObject({
        users: [{ ...user, presence_position: story.position }],
        sessions: [session, { user_key: 'ann' }],
        departures: [],
      });
    });

    it('SessionDropped: one session less, and with the last one a departure; UserWentOffline: neither, offline since then', async () => {
      const story = new Story().signsUp('Ann');
      const [first, second] = [story.opens('Ann'), story.opens('Ann')];
      const { since } = story.presenceOf('Ann');
      const side = await told(story.drops('Ann', first).events);
      const stillOnline = { is_online: true, presence_date: dateOf(since) };
      expect(await presenceOfAnn(side)).toMatchObject({
        users: [stillOnline],
        sessions: [{ session_id: second }],
        departures: [],
      });
      await side.project(story.drops('Ann', second, 3000).events.slice(-1));
      const offlineAt = new Date(Date.parse(story.dateOf(story.position)) + 3000);
      expect(story.presenceOf('Ann').offlineAt).toBe(offlineAt.toISOString());
      expect(await presenceOfAnn(side)).toMatchObject({
        users: [stillOnline],
        sessions: [],
        departures: [{ user_key: 'ann', offline_at: offlineAt }],
      });
      await side.project(story.goes('Ann').events.slice(-1));
      expect(await presenceOfAnn(side)).toEqual({
        users: [
          {
            is_online: false,
            presence_date: new Date(story.dateOf(story.position)),
            presence_position: story.position,
          },
        ],
        sessions: [],
        departures: [],
      });
    });

    it('a session that is opened before the user is said to have gone ends the departure', async () => {
      const story = new Story().signsUp('Ann');
      story.drops('Ann', story.opens('Ann'));
      const side = await told(story.events);
      const session_id = story.opens('Ann');
      await side.project(story.events.slice(-1));
      expect(await presenceOfAnn(side)).toMatchObject({
        users: [{ is_online: true }],
        sessions: [{ session_id }],
        departures: [],
      });
    });

    it('whoever is online moves in searches by username alone, and nobody is found more or less often', async () => {
      const story = new Story().signsUpAs('Ann', 'bea');
      const side = await told(story.events);
      const found = () => side.rows('select prefix, is_online from username_prefixes order by prefix');
      const prefixes = await side.rows('select * from user_prefixes order by prefix');
      const rows = (is_online: boolean) => ['a', 'an', 'ann'].map((prefix) => ({ prefix, is_online }));
      expect(await found()).toEqual(rows(false));
      const tab = story.opens('Ann');
      await side.project(story.events.slice(-2));
      expect(await found()).toEqual(rows(true));
      story.drops('Ann', tab, 0).opens('Ann');
      await side.project(story.events.slice(-4));
      expect(await found()).toEqual(rows(true));
      expect(await side.rows('select * from user_prefixes order by prefix')).toEqual(prefixes);
    });

    it('is refused of somebody who never signed up', async () => {
      const side = await sides.open();
      const story = new Story();
      story.opens('Ann');
      await expect(side.project(story.events)).rejects.toThrow('not there');
    });
  });

  it('is told at each change, of people as they are called then, from its place on and to nobody in particular', async () => {
    const story = new Story().signsUp('Ann');
    const tabs = [story.opens('Ann'), story.opens('Ann')];
    const came = story.presenceOf('Ann').since;
    story.renames('Ann', 'Anja');
    for (const tab of tabs) story.drops('Ann', tab, 0);
    const went = story.presenceOf('Ann').since;
    const side = await sides.open();
    const { frames, states } = await folded(side, story.events);
    expect(frames).toEqual([]);
    const [online, offline] = ['SessionOpened', 'UserWentOffline'].map((type) => {
      const place = story.events.find(({ event }) => event.type === type)?.position;
      return { position: place, ordinal: 0, log: TEST_LOG };
    });
    const data = { username: 'Ann', nickname: 'Ann', status: 'online', date: came };
    expect(states).toEqual([
      { userKey: 'ann', cursor: online, text: JSON.stringify({ action: 'user_online', data }) },
      {
        userKey: 'ann',
        cursor: offline,
        text: JSON.stringify({
          action: 'user_offline',
          data: { ...data, nickname: 'Anja', status: 'offline', date: went },
        }),
      },
    ]);
    for (const { text } of states) expect(ephemeralFrame.safeParse(JSON.parse(text)).success).toBe(true);
  });

  it('is the same, and told the same in the end, when the log has forgotten all but the last of it', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyPresenceStory,
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 30 }),
        async (story, kept, sizes) => {
          const whole = await told(story.events);
          const trimmed = await sides.open();
          await trimmed.project(withLastPresence(story.events, kept), sizes);
          expect(await projectionDigest(sides.pool, trimmed.schema)).toEqual(
            await projectionDigest(sides.pool, whole.schema),
          );
          const { rows } = await sides.pool.query(
            `select username, is_online, presence_date, (select count(*) from ${whole.schema}.sessions s where s.user_key = u.user_key)::integer as sessions
             from ${whole.schema}.users u`,
          );
          for (const { username, is_online, presence_date, sessions } of rows) {
            const presence = story.presenceOf(username);
            expect({ is_online, since: presence_date?.toISOString() ?? null, sessions }).toEqual({
              is_online: presence.isOnline,
              since: presence.since,
              sessions: presence.sessions.length,
            });
          }
          for (const events of [story.events, withLastPresence(story.events, kept)]) {
            const side = await sides.open();
            const last = lastTold((await folded(side, events)).states);
            for (const { username } of rows) {
              const { isOnline, since } = story.presenceOf(username);
              const frame = last.get(userKey(username));
              const told = frame && [frame.action, frame.data.date];
              expect(told).toEqual(since ? [isOnline ? 'user_online' : 'user_offline', since] : undefined);
            }
            await side.close();
          }
          await whole.close();
          await trimmed.close();
        },
      ),
      { numRuns: 25, endOnFailure: true },
    );
  });
});

/** What the log holds once of each user's presence only the last events are kept. */
function withLastPresence(events: readonly RecordedEvent[], kept: number): RecordedEvent[] {
  const left = new Map<string, number>();
  return events
    .toReversed()
    .filter(({ stream }) => {
      const newer = left.get(stream) ?? 0;
      left.set(stream, newer + 1);
      return !stream.startsWith('presence-') || newer < kept;
    })
    .reverse();
}

async function folded({ leadership: { memory, client } }: ReadSide, events: readonly RecordedEvent[]) {
  await memory.load(client, events);
  return memory.fold(events, TEST_LOG);
}

function lastTold(states: readonly PresenceState[]) {
  const last = new Map<string, { action: string; data: { date: string } }>();
  for (const { userKey, text } of states) last.set(userKey, JSON.parse(text));
  return last;
}
