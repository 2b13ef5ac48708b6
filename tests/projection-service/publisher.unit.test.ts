import { pino } from 'pino';
import { Registry } from 'prom-client';
import { beforeEach, describe, expect, it } from 'vitest';
import { createProjectionMetrics } from '../../projection-service/metrics.ts';
import {
  type AddressedPush,
  type PublishingParts,
  publishPushes,
} from '../../projection-service/publisher.ts';
import { RecordingBus } from './recording-bus.ts';
import { TEST_LOG } from './scripted-log.ts';

const push = (position: bigint, ...audience: string[]): AddressedPush => ({
  cursor: { position, ordinal: 0, log: TEST_LOG },
  text: '{}',
  audience,
});

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
    publishPushes(parts, [push(1n, 'ann', 'bob'), push(2n, 'ann', 'ann'), push(3n, 'bob', 'ann')]);
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
    publishPushes(parts, [...pushes, push(500n, 'cid')]);
    const cursors = pushes.map(({ cursor }) => `${cursor.position}.0`);
    expect(bus.pushedTo('ann')).toEqual(cursors);
    expect(bus.pushedTo('bob')).toEqual(cursors);
    expect(bus.pushedTo('cid')).toEqual(['500.0']);
    for (const { payload } of bus.published)
      expect(Buffer.byteLength(payload)).toBeLessThanOrEqual(1024 * 1024);
    expect(await unpublished()).toBe(0);
  });

  it('leaves a hole where the bus refuses a push, and goes on', async () => {
    const large = { ...push(2n, 'ann', 'bob'), text: 'x'.repeat(1024 * 1024) };
    publishPushes(parts, [push(1n, 'ann', 'bob'), large, push(3n, 'ann', 'bob'), push(4n, 'cid')]);
    for (const user of ['ann', 'bob']) expect(bus.pushedTo(user)).toEqual(['1.0', 'hole up to 2.0', '3.0']);
    expect(bus.pushedTo('cid')).toEqual(['4.0']);
    expect(await unpublished()).toBe(2);
  });

  it('does not throw when the bus takes nothing at all', () => {
    bus.refusesAll = true;
    expect(() => publishPushes(parts, [push(1n, 'ann', 'bob')])).not.toThrow();
    expect(bus.published).toEqual([]);
  });
});
