import { pino } from 'pino';
import { Registry } from 'prom-client';
import { beforeEach, describe, expect, it } from 'vitest';
import { createInProcessBus } from '../../platform/message-bus/in-process/in-process-bus.ts';
import { NoResponder } from '../../platform/message-bus/message-bus.ts';
import { readPayload } from '../../platform/message-bus/payload.ts';
import { createProjectionMetrics } from '../../projection-service/metrics.ts';
import {
  type AddressedPush,
  answerPublished,
  type PublishingParts,
  publishPresence,
  publishPushes,
} from '../../projection-service/publisher.ts';
import { replyText } from '../../protocol/frame-texts.ts';
import { decodePresence, type PresenceState, STATES_LIMIT } from '../../protocol/presence-states.ts';
import { decodePushes } from '../../protocol/pushes.ts';
import { USERNAME_LIMIT } from '../../protocol/scalars.ts';
import { presenceFrame } from '../../protocol/server-frames.ts';
import { leaderPosition, PRESENCE, PUBLISHED } from '../../protocol/subjects.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { RecordingBus } from './recording-bus.ts';
import { TEST_LOG } from './scripted-log.ts';

const EPOCH = 57n;

const push = (position: bigint, ...users: string[]): AddressedPush => ({
  to: { users },
  cursor: { position, ordinal: 0, log: TEST_LOG },
  text: '{}',
});

const broadcast = (position: bigint, ...everyoneBut: readonly string[]): AddressedPush => ({
  ...push(position),
  to: { everyoneBut },
});

const ephemeral = (to: AddressedPush['to'], text: string): AddressedPush => ({ to, cursor: null, text });

describe('publishing a batch', () => {
  let bus: RecordingBus;
  let parts: PublishingParts;
  beforeEach(() => {
    bus = new RecordingBus();
    const metrics = createProjectionMetrics(new Registry());
    parts = { bus, metrics, logger: pino({ level: 'silent' }) };
  });
  const unpublished = async () => (await parts.metrics.unpublished.get()).values[0]?.value;

  it('is one message per user, each push in it once, also to who is named twice', () => {
    publishPushes(parts, EPOCH, [push(1n, 'ann', 'bob'), push(2n, 'ann', 'ann'), push(3n, 'bob', 'ann')]);
    expect(bus.pushedTo('ann')).toEqual(['1.0', '2.0', '3.0']);
    expect(bus.pushedTo('bob')).toEqual(['1.0', '3.0']);
    expect(bus.published).toHaveLength(2);
  });

  it('is more messages where one cannot take all that a user is told, in order and none left out', async () => {
    const text = '\\u0001'.repeat(400);
    const pushes = Array.from({ length: 500 }, (_, index) => ({
      ...push(BigInt(index), 'ann', 'bob'),
      text,
    }));
    publishPushes(parts, EPOCH, [...pushes, push(500n, 'cid')]);
    const cursors = pushes.map((_, index) => `${index}.0`);
    expect(bus.pushedTo('ann')).toEqual(cursors);
    expect(bus.pushedTo('bob')).toEqual(cursors);
    expect(bus.pushedTo('cid')).toEqual(['500.0']);
    for (const { payload } of bus.published)
      expect(Buffer.byteLength(payload)).toBeLessThanOrEqual(1024 * 1024);
    expect(await unpublished()).toBe(0);
  });

  it('is cut at each push to everyone, so that nobody gets a later one before an earlier one', () => {
    publishPushes(parts, EPOCH, [
      push(1n, 'ann', 'bob'),
      push(2n, 'ann'),
      broadcast(3n, 'bob'),
      broadcast(4n, 'ann'),
      push(5n, 'bob', 'ann'),
      broadcast(6n),
      broadcast(7n, 'dan', 'ann', 'bob'),
    ]);
    expect(bus.pushedTo('ann')).toEqual(['1.0', '2.0', '3.0', '5.0', '6.0']);
    expect(bus.pushedTo('bob')).toEqual(['1.0', '4.0', '5.0', '6.0']);
    expect(bus.pushedTo('cid')).toEqual(['3.0', '4.0', '6.0', '7.0']);
    expect(bus.published).toHaveLength(2 + 1 + 2 + 1);
  });

  it('takes ephemeral pushes along in their places', () => {
    publishPushes(parts, EPOCH, [
      push(1n, 'ann'),
      ephemeral({ users: ['ann', 'bob'] }, 'typing'),
      ephemeral({ everyoneBut: ['bob'] }, 'online'),
      push(2n, 'ann'),
    ]);
    expect(bus.pushedTo('ann')).toEqual(['1.0', 'typing', 'online', '2.0']);
    expect(bus.pushedTo('bob')).toEqual(['typing']);
  });

  it('names the epoch in each message', () => {
    publishPushes(parts, EPOCH, [push(1n, 'ann'), broadcast(2n, 'ann')]);
    expect(bus.published.map(({ payload }) => decodePushes(payload).epoch)).toEqual([EPOCH, EPOCH]);
  });

  it('leaves a hole where the bus refuses a push, and goes on', async () => {
    const large = { ...push(2n, 'ann', 'bob'), text: 'x'.repeat(1024 * 1024) };
    publishPushes(parts, EPOCH, [push(1n, 'ann', 'bob'), large, push(3n, 'ann', 'bob'), push(4n, 'cid')]);
    for (const user of ['ann', 'bob']) expect(bus.pushedTo(user)).toEqual(['1.0', 'hole up to 2.0', '3.0']);
    expect(bus.pushedTo('cid')).toEqual(['4.0']);
    expect(await unpublished()).toBe(2);
  });

  it('leaves a hole for everyone where too many are excepted, and goes on', async () => {
    const many = Array.from({ length: 21_000 }, (_, index) => `${index}`.padStart(50, 'x'));
    publishPushes(parts, EPOCH, [broadcast(1n, 'ann'), broadcast(2n, 'bob', ...many), broadcast(3n, 'bob')]);
    expect(bus.pushedTo('ann')).toEqual(['hole up to 2.0', '3.0']);
    expect(bus.pushedTo('bob')).toEqual(['1.0', 'hole up to 2.0']);
    expect(await unpublished()).toBe(1);
  });

  it('leaves no hole for what is ephemeral', async () => {
    publishPushes(parts, EPOCH, [ephemeral({ users: ['ann'] }, 'x'.repeat(1024 * 1024)), push(2n, 'ann')]);
    expect(bus.pushedTo('ann')).toEqual(['2.0']);
    expect(await unpublished()).toBe(1);
  });

  it('does not throw when the bus takes nothing at all', () => {
    bus.refusesAll = true;
    expect(() => publishPushes(parts, EPOCH, [push(1n, 'ann', 'bob')])).not.toThrow();
    expect(bus.published).toEqual([]);
  });
});

describe('publishing who came online or went offline', () => {
  let bus: RecordingBus;
  let parts: PublishingParts;
  beforeEach(() => {
    bus = new RecordingBus();
    const metrics = createProjectionMetrics(new Registry());
    parts = { bus, metrics, logger: pino({ level: 'silent' }) };
  });
  const name = 'x'.repeat(USERNAME_LIMIT);
  const largest = replyText(
    presenceFrame(false, { username: name, nickname: name, date: '2026-01-01T00:00:00.000Z' }),
  );
  const stateAt = (position: bigint): PresenceState => ({
    userKey: name,
    cursor: { position, ordinal: 0, log: TEST_LOG },
    text: largest,
  });
  const states = (count: number) => Array.from({ length: count }, (_, index) => stateAt(BigInt(index)));
  const unpublished = async () => (await parts.metrics.unpublished.get()).values[0]?.value;

  it.each([
    [0, []],
    [1, [1]],
    [STATES_LIMIT, [STATES_LIMIT]],
    [2 * STATES_LIMIT + 1, [STATES_LIMIT, STATES_LIMIT, 1]],
  ])('is of %i states messages of %j, in order, each with the epoch and small', (count, sizes) => {
    publishPresence(parts, EPOCH, states(count));
    const messages = bus.published.map(({ subject, payload }) => {
      expect(subject).toBe(PRESENCE);
      expect(Buffer.byteLength(payload)).toBeLessThan(512 * 1024);
      return decodePresence(payload);
    });
    expect(messages.map((message) => message.states.length)).toEqual(sizes);
    expect(messages.flatMap((message) => message.states)).toEqual(states(count));
    for (const { epoch } of messages) expect(epoch).toBe(EPOCH);
  });

  it('counts what the bus refuses, and does not throw', async () => {
    bus.refusesAll = true;
    expect(() => publishPresence(parts, EPOCH, states(STATES_LIMIT + 1))).not.toThrow();
    expect(await unpublished()).toBe(STATES_LIMIT + 1);
  });
});

describe('how far a leader has published', () => {
  it('is answered for as long as it leads, the newest first', async () => {
    const bus = createInProcessBus({ logger: pino({ level: 'silent' }) });
    const ask = async () =>
      readPayload(leaderPosition, await bus.request(PUBLISHED, '', { timeoutMs: PATIENCE_MS }));
    await expect(ask()).rejects.toBeInstanceOf(NoResponder);
    let position = -1n;
    const answering = await answerPublished(bus, () => ({ epoch: EPOCH, position }));
    expect(await ask()).toEqual({ epoch: EPOCH, position: -1n });
    position = 2n ** 62n;
    expect(await ask()).toEqual({ epoch: EPOCH, position });
    await answering.unsubscribe();
    await expect(ask()).rejects.toBeInstanceOf(NoResponder);
  });
});
