import { describe, expect, it } from 'vitest';
import { CountedTabs } from '../../../gateway/presence/counted-tabs.ts';
import type { CloseCodeName } from '../../../protocol/close-codes.ts';

const LIMIT_MS = 1_800_000;

function createTabs() {
  const story: string[] = [];
  const time = { now: 0 };
  let ids = 0;
  const tabs = new CountedTabs({
    log: {
      open: ({ sessionId, username, loginId, gatewayId, replaces }) =>
        story.push(
          `${sessionId}: ${username} by ${loginId} at ${gatewayId}${replaces ? ` for ${replaces}` : ''}`,
        ),
      drop: (sessionId, reason) => story.push(`${sessionId}: ${reason}`),
    },
    gatewayId: () => 'gateway',
    limitMs: LIMIT_MS,
    clock: () => new Date(time.now),
    newId() {
      ids += 1;
      return `${ids}`;
    },
  });
  const join = (loginId: string) => {
    const tab = {};
    tabs.join(tab, { username: 'Ann', sessionId: loginId, expiresAt: new Date() });
    return tab;
  };
  return { tabs, story, time, join };
}

describe('a tab', () => {
  it('is a session of its own from when it joins until it leaves', () => {
    const { tabs, story, join } = createTabs();
    const [tab, other] = [join('laptop'), join('laptop')];
    tabs.leave(tab, 'client');
    tabs.leave(tab, 'NORMAL');
    tabs.leave(other, 'NORMAL');
    tabs.leave({}, 'client');
    expect(story).toEqual([
      '1: Ann by laptop at gateway',
      '2: Ann by laptop at gateway',
      '1: closed',
      '2: logout',
    ]);
  });

  const ENDS: readonly (readonly [by: CloseCodeName | 'client', reason: string])[] = [
    ['client', 'closed'],
    ['NORMAL', 'logout'],
    ['CANCELLED', 'drained'],
    ['ILLEGAL_CONNECTION', 'expired'],
    ['SLOW_CONSUMER', 'slow_consumer'],
    ['RATE_LIMITED', 'rate_limited'],
    ['BAD_DATA', 'bad_data'],
  ];

  it.each(ENDS)('that ends by %s is dropped as %s', (by, reason) => {
    const { tabs, story, join } = createTabs();
    tabs.leave(join('laptop'), by);
    expect(story.at(-1)).toBe(`1: ${reason}`);
  });

  it('becomes another session when its sign-in wakes, if it is old enough to have been dropped', () => {
    const { tabs, story, time, join } = createTabs();
    const old = join('laptop');
    join('phone');
    time.now = LIMIT_MS / 2;
    const young = join('laptop');
    story.splice(0);
    tabs.renew('laptop');
    tabs.renew('laptop');
    tabs.renew('tablet');
    expect(story).toEqual(['4: Ann by laptop at gateway for 1']);
    time.now += LIMIT_MS / 2;
    tabs.renew('laptop');
    expect(story.slice(1)).toEqual([
      '5: Ann by laptop at gateway for 4',
      '6: Ann by laptop at gateway for 3',
    ]);
    tabs.leave(old, 'client');
    tabs.leave(young, 'client');
    tabs.renew('laptop');
    expect(story.slice(3)).toEqual(['5: closed', '6: closed']);
  });

  it('that has left is not renewed', () => {
    const { tabs, story, time, join } = createTabs();
    tabs.leave(join('laptop'), 'client');
    time.now = LIMIT_MS;
    tabs.renew('laptop');
    expect(story).toHaveLength(2);
  });
});
