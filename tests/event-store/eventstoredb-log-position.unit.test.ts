import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromPlace, toPlace } from '../../platform/event-store/eventstoredb/log-position.ts';

const event = (commit: bigint) => ({ commit, prepare: commit });
const gapBefore = (commit: bigint) => ({ commit, prepare: 0n });

test('places are in the order of the log: the gap before an event, the event, the gap before the next', () => {
  const places = [event(0n), gapBefore(7n), event(7n), gapBefore(300n), event(300n)].map(toPlace);
  expect(places).toEqual(places.toSorted((a, b) => (a < b ? -1 : 1)));
  expect(new Set(places).size).toBe(places.length);
});

test('before the start there is no position', () => {
  expect(fromPlace(-1n)).toBeUndefined();
});

test('a place leads back to its position', () => {
  fc.assert(
    fc.property(fc.bigInt(1n, 2n ** 62n), fc.boolean(), (commit, isEvent) => {
      const position = isEvent ? event(commit) : gapBefore(commit);
      expect(fromPlace(toPlace(position))).toEqual(position);
    }),
  );
});
