import { expect, it } from 'vitest';
import { publishPushes } from '../../projection-service/publisher.ts';
import { RecordingBus } from './recording-bus.ts';

const push = (position: bigint, ...audience: string[]) => ({
  cursor: { position, ordinal: 0 },
  text: '{}',
  audience,
});

it('a batch is one message per user, each push in it once, also to who is named twice', () => {
  const bus = new RecordingBus();
  publishPushes(bus, [push(1n, 'ann', 'bob'), push(2n, 'ann', 'ann'), push(3n, 'bob', 'ann')]);
  expect(bus.pushedTo('ann')).toEqual(['1.0', '2.0', '3.0']);
  expect(bus.pushedTo('bob')).toEqual(['1.0', '3.0']);
});
