import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Membership } from '../../../gateway/presence/membership.ts';
import type { Member } from '../../../platform/liveness/members.ts';
import { eventually } from '../../support/patience.ts';

const LEASE_MS = 90;

type Beat = boolean | Error | Promise<boolean>;

/** A gateway among members that a test makes up. It waits by the machine's clock, and knows what time it is from the test. */
function createMembership() {
  const story: string[] = [];
  const state = { now: 1000, beat: true as Beat, join: null as Error | null };
  let ids = 0;
  const createMember = (id: string): Member => ({
    async join() {
      story.push(`${id} joins`);
      if (state.join) throw state.join;
    },
    async beat() {
      const { beat } = state;
      story.push(`${id} beats`);
      if (beat instanceof Error) throw beat;
      return beat;
    },
    async leave() {
      story.push(`${id} leaves`);
    },
  });
  const membership = new Membership({
    createMember,
    leaseMs: LEASE_MS,
    newId() {
      ids += 1;
      return `gateway-${ids}`;
    },
    now: () => state.now,
    logger: pino({ level: 'silent' }),
    onFenced: () => story.push(`fenced, now ${membership.gatewayId}`),
    onAnsweredFor: () => story.push('answered for'),
  });
  onTestFinished(() => membership.leave(false));
  const beats = (count: number) =>
    eventually(() => expect(story.filter((step) => step.endsWith('beats')).length).toBeGreaterThan(count));
  return { membership, story, state, beats };
}

const away = () => Object.assign(new Error('away'), { code: 'ECONNREFUSED' });

describe('the membership of a gateway', () => {
  it('begins by joining, and goes on by beats', async () => {
    const { membership, story, beats } = createMembership();
    expect(membership.isAnsweredFor).toBe(false);
    await membership.join();
    expect(membership.isAnsweredFor).toBe(true);
    await beats(2);
    expect(story.slice(0, 4)).toEqual(['gateway-1 joins', 'answered for', 'gateway-1 beats', 'answered for']);
    expect(membership.gatewayId).toBe('gateway-1');
  });

  it('does not begin where joining fails, again and again', async () => {
    const { membership, story, state } = createMembership();
    state.join = away();
    await expect(membership.join()).rejects.toThrow('away');
    expect(membership.isAnsweredFor).toBe(false);
    expect(story).toEqual(['gateway-1 joins', 'gateway-1 joins', 'gateway-1 joins']);
  });

  it('does not begin where joining is refused', async () => {
    const { membership, story, state } = createMembership();
    state.join = new Error('no such table');
    await expect(membership.join()).rejects.toThrow('no such table');
    expect(story).toEqual(['gateway-1 joins']);
  });

  it('is in doubt after the gateway was frozen for a lease, until the next beat', async () => {
    const { membership, story, state, beats } = createMembership();
    await membership.join();
    let beaten = (_is: boolean) => {};
    state.beat = new Promise((resolve) => {
      beaten = resolve;
    });
    await beats(0);
    state.now += LEASE_MS - 1;
    expect(membership.isAnsweredFor).toBe(true);
    state.now += 1;
    expect(membership.isAnsweredFor).toBe(false);
    beaten(true);
    await eventually(() => expect(membership.isAnsweredFor).toBe(true));
    // The first of them began before the gateway was frozen.
    expect(story.slice(2, 5)).toEqual(['gateway-1 beats', 'gateway-1 beats', 'answered for']);
  });

  it('is in doubt, but no more than that, while the database is away for however long', async () => {
    const { membership, story, state, beats } = createMembership();
    await membership.join();
    state.beat = away();
    await beats(10);
    state.now += LEASE_MS;
    await beats(20);
    expect(membership.isAnsweredFor).toBe(false);
    state.beat = true;
    await eventually(() => expect(membership.isAnsweredFor).toBe(true));
    expect(membership.gatewayId).toBe('gateway-1');
    expect(story.filter((step) => step.endsWith('joins'))).toEqual(['gateway-1 joins']);
  });

  it('begins anew as somebody else when the gateway was taken for dead', async () => {
    const { membership, story, state } = createMembership();
    await membership.join();
    state.beat = false;
    await eventually(() => expect(story).toContain('gateway-2 joins'));
    state.beat = true;
    await eventually(() => expect(membership.isAnsweredFor).toBe(true));
    const fenced = story.indexOf('fenced, now gateway-2');
    expect(story.slice(fenced, fenced + 3)).toEqual([
      'fenced, now gateway-2',
      'gateway-2 joins',
      'answered for',
    ]);
    expect(membership.gatewayId).toBe('gateway-2');
  });

  it('is none between being taken for dead and joining again, however often that fails', async () => {
    const { membership, story, state } = createMembership();
    await membership.join();
    state.beat = false;
    state.join = away();
    await eventually(() =>
      expect(story.filter((step) => step === 'gateway-2 joins').length).toBeGreaterThan(2),
    );
    expect(membership.isAnsweredFor).toBe(false);
    expect(story.filter((step) => step.startsWith('fenced'))).toEqual(['fenced, now gateway-2']);
    state.beat = true;
    state.join = null;
    await eventually(() => expect(membership.isAnsweredFor).toBe(true));
  });

  it.each([true, false])('ends with the gateway; orderly: %s', async (orderly) => {
    const { membership, story, beats } = createMembership();
    await membership.join();
    await beats(0);
    await membership.leave(orderly);
    expect(membership.isAnsweredFor).toBe(false);
    expect(story.includes('gateway-1 leaves')).toBe(orderly);
    const steps = story.length;
    await new Promise((resolve) => setTimeout(resolve, LEASE_MS));
    expect(story).toHaveLength(steps);
  });
});
