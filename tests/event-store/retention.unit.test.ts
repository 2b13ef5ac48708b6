import { expect, test } from 'vitest';
import { LAST_EVENTS } from '../../command-service/load-stream.ts';
import { keptOf, RETENTION } from '../../platform/event-store/retention.ts';

test.each([
  ['presence-ann', RETENTION.presence],
  ['presence-ann-marie', RETENTION.presence],
  ['presence', null],
  ['presences-ann', null],
  ['user-presence-ann', null],
  ['message-5', null],
  ['$$presence-ann', null],
  ['', null],
])('of %s are kept %s', (stream, kept) => {
  expect(keptOf(stream)).toBe(kept);
});

test('of names that objects have by themselves all is kept', () => {
  expect(keptOf('constructor-1')).toBeNull();
  expect(keptOf('toString-1')).toBeNull();
});

test('more is kept than a command looks at', () => {
  expect(RETENTION.presence).toBeGreaterThan(LAST_EVENTS.limit);
});
