import { afterEach, describe, expect, it, vi } from 'vitest';
import { pushSubject } from '../../../protocol/subjects.ts';
import { eventually } from '../../support/patience.ts';
import { createTestGateway, gate, settle } from './test-gateway.ts';

const HOUR_MS = 3_600_000;

afterEach(() => {
  vi.useRealTimers();
});

describe('the tabs of a session', () => {
  it('are closed with 3000 by its logout, others of the same user stay', async () => {
    const { open, sessionChanged } = createTestGateway();
    const [tab, second, phone] = [await open('ann'), await open('ann'), await open('ann-phone')];
    sessionChanged({ change: 'logged_out', sessionId: 'ann' });
    await eventually(() => expect([tab.code, second.code]).toEqual([3000, 3000]));
    expect(phone.code).toBeUndefined();
  });

  it('are cut after its logout when they do not read that, and not when they do', async () => {
    const { open, sessionChanged } = createTestGateway();
    const [deaf, reading] = [await open('ann'), await open('ann')];
    vi.useFakeTimers();
    deaf.reads = false;
    deaf.unsent = 1;
    sessionChanged({ change: 'logged_out', sessionId: 'ann' });
    await vi.advanceTimersByTimeAsync(1);
    expect([deaf.code, deaf.isTerminated]).toEqual([3000, false]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([deaf.isTerminated, reading.isTerminated]).toEqual([true, false]);
  });

  it('are closed with 3002 when it is revoked', async () => {
    const { open, sessionChanged } = createTestGateway();
    const tab = await open('ann');
    sessionChanged({ change: 'revoked', sessionId: 'ann' });
    await eventually(() => expect(tab.code).toBe(3002));
  });

  it('are closed also when it ends while they are being authenticated', async () => {
    const { connect, sessions, sessionChanged } = createTestGateway();
    const answers = gate();
    sessions.answers = answers.opened;
    const tab = connect('ann');
    await eventually(() => expect(sessions.lookUps).toBe(1));
    sessionChanged({ change: 'logged_out', sessionId: 'ann' });
    await settle();
    answers.open();
    await eventually(() => expect(tab.code).toBe(3000));
    expect(tab.frames).toEqual([]);
  });

  it('are closed with 3002 when it expires, not before', async () => {
    const { open, time } = createTestGateway();
    const tab = await open('ann');
    time.now += HOUR_MS - 1;
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(tab.code).toBeUndefined();
    time.now += 1;
    await eventually(() => expect(tab.code).toBe(3002));
  });

  it('stay when it is renewed', async () => {
    const { open, time, sessionChanged, sessions } = createTestGateway();
    const [tab, bob] = [await open('ann'), await open('bob')];
    sessionChanged({
      change: 'renewed',
      sessionId: 'ann',
      expiresAt: new Date(time.now + 2 * HOUR_MS).toISOString(),
    });
    await settle();
    time.now += HOUR_MS;
    sessions.end('ann');
    await eventually(() => expect(bob.code).toBe(3002));
    expect(tab.code).toBeUndefined();
  });

  it('stay when its renewal was not heard of', async () => {
    const { open, time, sessions } = createTestGateway();
    const [tab, bob] = [await open('ann'), await open('bob')];
    sessions.start('ann', 'Ann', new Date(time.now + 2 * HOUR_MS));
    time.now += HOUR_MS;
    await eventually(() => expect(bob.code).toBe(3002));
    await settle();
    expect(tab.code).toBeUndefined();
  });

  it('are closed with 3001 when it seems to have expired and cannot be looked up', async () => {
    const { open, time, sessions } = createTestGateway();
    const tab = await open('ann');
    sessions.unavailable = true;
    time.now += HOUR_MS;
    await eventually(() => expect(tab.code).toBe(3001));
  });

  it('may live longer than a timer can wait', async () => {
    const { open, time, sessions } = createTestGateway();
    sessions.start('ann', 'Ann', new Date(time.now + 60 * 24 * HOUR_MS));
    const tab = await open('ann');
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(tab.code).toBeUndefined();
  });

  it('are not disturbed by messages that make no sense', async () => {
    const { open, bus, sessionChanged } = createTestGateway();
    const tab = await open('ann');
    bus.publish('session.changed', 'nonsense');
    bus.publish(pushSubject('ann'), 'nonsense');
    sessionChanged({ change: 'logged_out', sessionId: 'ann' });
    await eventually(() => expect(tab.code).toBe(3000));
  });
});
