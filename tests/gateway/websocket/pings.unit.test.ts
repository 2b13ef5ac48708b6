import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { serverFrame } from '../../../protocol/server-frames.ts';
import { eventually } from '../../support/patience.ts';
import { createTestGateway } from './test-gateway.ts';

const INTERVAL_MS = 25_000;
const HOUR_MS = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a tab', () => {
  it('is pinged once in each interval from its welcome, and told when its session ends', async () => {
    const { open, time } = createTestGateway();
    const tab = await open('ann');
    await vi.advanceTimersByTimeAsync(INTERVAL_MS - 2000);
    expect(tab.story).toEqual(['welcome']);
    time.now += INTERVAL_MS;
    await vi.advanceTimersByTimeAsync(2000);
    expect(tab.frames.at(-1)).toEqual({
      action: 'ping',
      data: { date: '2026-01-02T03:04:30.000Z', expires_at: '2026-01-02T04:04:05.000Z' },
    });
    await vi.advanceTimersByTimeAsync(3 * INTERVAL_MS);
    expect(tab.story).toEqual(['welcome', 'ping', 'ping', 'ping', 'ping']);
    for (const frame of tab.frames) serverFrame.parse(frame);
  });

  it('hears in the next ping of a session that was renewed meanwhile', async () => {
    const { open, time, sessionChanged } = createTestGateway();
    const tab = await open('ann');
    const expiresAt = new Date(time.now + 2 * HOUR_MS).toISOString();
    sessionChanged({ change: 'renewed', sessionId: 'ann', expiresAt });
    await vi.advanceTimersByTimeAsync(INTERVAL_MS);
    expect(tab.of('ping')[0]?.data).toMatchObject({ expires_at: expiresAt });
    expect((await open('ann')).of('welcome')[0]?.data).toMatchObject({ expires_at: expiresAt });
  });

  it('is not pinged before its welcome, nor after its end', async () => {
    const { open, connect, sessions } = createTestGateway();
    const gone = await open('ann');
    gone.disconnect();
    sessions.answers = new Promise(() => {});
    const waiting = connect('bob');
    await vi.advanceTimersByTimeAsync(2 * INTERVAL_MS);
    expect([gone.of('ping'), waiting.frames]).toEqual([[], []]);
  });

  it('has its own moment: of those that come in different seconds never all are pinged at once', async () => {
    const { open } = createTestGateway({ PING_INTERVAL_S: 1 });
    const first = await open('ann');
    await vi.advanceTimersByTimeAsync(500);
    const second = await open('bob');
    await vi.advanceTimersByTimeAsync(520);
    expect([first.of('ping').length, second.of('ping').length]).toEqual([1, 0]);
    await vi.advanceTimersByTimeAsync(500);
    await eventually(() => expect([first.of('ping').length, second.of('ping').length]).toEqual([1, 1]));
  });
});
