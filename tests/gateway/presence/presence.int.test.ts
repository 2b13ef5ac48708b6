import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { MemberWatch } from '../../../platform/liveness/members.ts';
import { eventually } from '../../support/patience.ts';
import { LEASE_S, openPresenceOnLog, signedIn } from './presence-on-log.ts';

/** Looks as housekeeping does, and answers who was expelled by it. `looked` resolves when it has looked again, twice. */
async function watching(
  watch: MemberWatch,
  during: (looked: () => Promise<unknown>) => Promise<void>,
): Promise<Set<string>> {
  let isOver = false;
  let looks = 0;
  const expelled = new Set<string>();
  let before: ReadonlySet<string> = new Set();
  const looking = (async () => {
    while (!isOver) {
      try {
        const members = await watch.look();
        looks += 1;
        for (const member of before) if (!members.has(member)) expelled.add(member);
        before = members;
      } catch {
        // It is away.
      }
      await pause(100);
    }
  })();
  await during(() => {
    const seen = looks;
    return eventually(() => expect(looks).toBeGreaterThan(seen + 1));
  });
  isOver = true;
  await looking;
  return expelled;
}

const LEASE_MS = LEASE_S * 1000;

describe('the tabs of a gateway', () => {
  it('count in the log from their welcome to their end', async () => {
    const { openGateway, storyOf, sessionsOf } = await openPresenceOnLog();
    const gateway = await openGateway();
    const [session, tab] = [signedIn('Ann'), {}];
    gateway.join(tab, session);
    await eventually(async () => expect(await storyOf('Ann')).toEqual(['SessionOpened', 'UserCameOnline']));
    expect(await sessionsOf('Ann')).toMatchObject([{ loginId: session.sessionId }]);
    gateway.leave(tab, 'NORMAL');
    await eventually(async () =>
      expect((await storyOf('Ann')).slice(2)).toEqual(['SessionDropped: logout', 'UserWentOffline']),
    );
  });

  it.each(['cut', 'swallow'] as const)(
    'count on while PostgreSQL is away for longer than a lease (%s), and so do those that come then',
    async (goAway) => {
      const { gatewaysLink, watchLink, watch, openGateway, storyOf } = await openPresenceOnLog();
      const gateway = await openGateway();
      gateway.join({}, signedIn('Ann'));
      await eventually(async () => expect(await storyOf('Ann')).toHaveLength(2));
      const expelled = await watching(watch(), async (looked) => {
        await looked();
        for (const link of [gatewaysLink, watchLink]) link[goAway]();
        await pause(LEASE_MS * 1.2);
        gateway.join({}, signedIn('Bob'));
        await pause(LEASE_MS / 4);
        // Nobody would drop it if the gateway died now.
        expect(await storyOf('Bob')).toEqual([]);
        // Who watches is back before those who are watched.
        watchLink.mend();
        await looked();
        gatewaysLink.mend();
        await eventually(async () => expect(await storyOf('Bob')).toHaveLength(2));
        await pause(LEASE_MS * 1.2);
      });
      expect(expelled).toEqual(new Set());
      expect(await gateway.metric('fenced_total')).toBe(0);
      expect(await storyOf('Ann')).toEqual(['SessionOpened', 'UserCameOnline']);
    },
  );

  it('count on while the bus is away for longer than a lease; what changes then is told afterwards', async () => {
    const { bus, watch, openGateway, storyOf } = await openPresenceOnLog();
    const gateway = await openGateway();
    const cids = {};
    for (const username of ['Ann', 'Bob']) gateway.join({}, signedIn(username));
    gateway.join(cids, signedIn('Cid'));
    await eventually(async () => expect(await gateway.metric('untold_changes')).toBe(0));
    const expelled = await watching(watch(), async () => {
      bus.isAway = true;
      gateway.leave(cids, 'client');
      gateway.join({}, signedIn('Dan'));
      await pause(LEASE_MS * 1.2);
      expect(await storyOf('Cid')).toHaveLength(2);
      bus.isAway = false;
      await eventually(async () => expect(await gateway.metric('untold_changes')).toBe(0));
    });
    expect(expelled).toEqual(new Set());
    expect(await storyOf('Cid')).toContain('SessionDropped: closed');
    for (const username of ['Ann', 'Bob', 'Dan'])
      expect(await storyOf(username)).toEqual(['SessionOpened', 'UserCameOnline']);
  });

  it('come again as those of another gateway when theirs was expelled, which drops nothing of what it was', async () => {
    const { pool, openGateway, storyOf, sessionsOf } = await openPresenceOnLog();
    const gateway = await openGateway();
    const [tab, session] = [{}, signedIn('Ann')];
    gateway.onFenced(() => {
      gateway.leave(tab, 'CANCELLED');
      gateway.join({}, session);
    });
    gateway.join(tab, session);
    await eventually(async () => expect(await storyOf('Ann')).toHaveLength(2));
    await pool.query('delete from liveness.members');
    await eventually(async () =>
      expect(await storyOf('Ann')).toEqual(['SessionOpened', 'UserCameOnline', 'SessionOpened']),
    );
    const gateways = (await sessionsOf('Ann')).map(({ gatewayId }) => gatewayId);
    expect(new Set(gateways).size).toBe(2);
    const { rows } = await pool.query('select member from liveness.members');
    expect(rows).toEqual([{ member: gateways[1] }]);
    expect([await gateway.metric('fenced_total'), await gateway.metric('sessions')]).toEqual([1, 1]);
  });

  it('are dropped when it ends, before it is no member any more', async () => {
    const { pool, openGateway, storyOf } = await openPresenceOnLog();
    const gateway = await openGateway();
    const tabs = Array.from({ length: 5 }, () => ({}));
    tabs.forEach((tab, index) => {
      gateway.join(tab, signedIn(`user-${index}`));
    });
    await eventually(async () => expect(await gateway.metric('untold_changes')).toBe(0));
    for (const tab of tabs) gateway.leave(tab, 'CANCELLED');
    await gateway.close();
    for (const index of tabs.keys())
      expect(await storyOf(`user-${index}`)).toContain('SessionDropped: drained');
    expect((await pool.query('select from liveness.members')).rowCount).toBe(0);
  });

  it('are left to others when it cannot tell before it ends', async () => {
    const { bus, pool, openGateway } = await openPresenceOnLog();
    const gateway = await openGateway();
    const tab = {};
    gateway.join(tab, signedIn('Ann'));
    await eventually(async () => expect(await gateway.metric('untold_changes')).toBe(0));
    bus.isAway = true;
    gateway.leave(tab, 'CANCELLED');
    await gateway.close();
    expect((await pool.query('select from liveness.members')).rowCount).toBe(1);
  });
});

describe('a tab that sits idle', () => {
  it('costs no event and no statement', async () => {
    const { pool, openGateway } = await openPresenceOnLog({ INACTIVITY_LIMIT_S: 1, SESSION_LEASE_S: 300 });
    const gateway = await openGateway();
    for (let user = 0; user < 50; user += 1) gateway.join({}, signedIn(`user-${user}`));
    const count = async (table: string) => Number((await pool.query(`select from ${table}`)).rowCount);
    await eventually(async () => expect(await count('liveness.last_seen')).toBe(50));
    await eventually(async () => expect(await gateway.metric('untold_changes')).toBe(0));
    const before = { statements: gateway.statements(), events: await count('event_log.events') };
    await pause(1500);
    expect({ statements: gateway.statements(), events: await count('event_log.events') }).toEqual(before);
  });
});

describe('a tab that was dropped because its user did nothing', () => {
  it('counts again with what its user does, at whichever gateway', async () => {
    const { bus, openGateway, storyOf, sessionsOf, send } = await openPresenceOnLog({
      INACTIVITY_LIMIT_S: 1,
    });
    const [gateway, other] = [await openGateway(), await openGateway()];
    const session = signedIn('Ann');
    gateway.join({}, session);
    await eventually(async () => expect(await sessionsOf('Ann')).toHaveLength(1));
    const [first] = await sessionsOf('Ann');
    if (!first) throw new Error('not open');
    await pause(1000);
    await send({
      type: 'drop_session',
      username: 'Ann',
      sessionId: first.sessionId,
      reason: 'inactive',
      graceMs: 0,
    });
    expect((await storyOf('Ann')).at(-1)).toBe('UserWentOffline');
    expect(bus.isAway).toBe(false);
    other.active(session.sessionId);
    await eventually(async () => expect((await storyOf('Ann')).at(-1)).toBe('UserCameOnline'));
    const again = await sessionsOf('Ann');
    expect(again).toMatchObject([{ gatewayId: first.gatewayId, loginId: session.sessionId }]);
    expect(again[0]?.sessionId).not.toBe(first.sessionId);
  });
});
