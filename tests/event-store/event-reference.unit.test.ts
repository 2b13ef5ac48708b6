import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isReferredTo, placeOf, referenceTo } from '../../platform/event-store/event-reference.ts';
import { id as uuid } from '../../protocol/scalars.ts';

const RUNS = { numRuns: 1000 };
const LAST = 2n ** 60n - 1n;
const event = fc.record({
  position: fc.oneof(fc.bigInt(0n, 20n), fc.bigInt(LAST - 20n, LAST), fc.bigInt(0n, LAST)),
  id: fc.oneof(fc.uuid(), fc.constantFrom(randomUUID(), randomUUID())),
});

test('is forever the same', () => {
  const id = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
  expect(referenceTo({ position: 0n, id })).toBe('00000000-0000-8000-a316-e01c9e1d33de');
  expect(referenceTo({ position: 0x123456789abcdefn, id })).toBe('12345678-9abc-8def-a316-e01c9e1d33de');
});

test('is a UUID of version 8 that leads to its event, and to it alone', () => {
  const property = fc.property(event, event, (one, other) => {
    const reference = referenceTo(one);
    expect(uuid.safeParse(reference).success).toBe(true);
    expect(reference).toMatch(/^.{14}8.{4}[89ab]/);
    expect(placeOf(reference)).toBe(one.position);
    expect(isReferredTo(one, reference)).toBe(true);
    const same = one.position === other.position && one.id === other.id;
    expect(isReferredTo(other, reference)).toBe(same);
    expect(referenceTo(other) === reference).toBe(same);
  });
  fc.assert(property, RUNS);
});

test('is told in any case of its letters, and of the event’s', () => {
  const one = { position: 0xabcdefn, id: randomUUID() };
  const reference = referenceTo(one);
  expect(placeOf(reference.toUpperCase())).toBe(one.position);
  expect(isReferredTo(one, reference.toUpperCase())).toBe(true);
  expect(referenceTo({ ...one, id: one.id.toUpperCase() })).toBe(reference);
});

test('with any of its digits changed, it is none of this event', () => {
  const property = fc.property(event, fc.nat({ max: 35 }), fc.integer({ min: 1, max: 15 }), (one, at, by) => {
    const reference = referenceTo(one);
    const digit = reference[at] ?? '';
    fc.pre(digit !== '-');
    const changed = ((Number.parseInt(digit, 16) + by) % 16).toString(16);
    const forged = `${reference.slice(0, at)}${changed}${reference.slice(at + 1)}`;
    expect(isReferredTo(one, forged)).toBe(false);
  });
  fc.assert(property, RUNS);
});

test.each([
  '',
  'notification',
  '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  '00000000-0000-8000-0000-000000000000',
  '00000000-0000-8000-c000-000000000000',
  '00000000-0000-8000-8000-00000000000',
  ' 00000000-0000-8000-8000-000000000000',
  '00000000000080008000000000000000',
])('%j is none', (text) => {
  expect(placeOf(text)).toBeNull();
  expect(isReferredTo({ position: 0n, id: randomUUID() }, text)).toBe(false);
});

test('no other UUID is taken for one', () => {
  const property = fc.property(fc.uuid({ version: [1, 3, 4, 5, 6, 7] }), (other) => placeOf(other) === null);
  fc.assert(property, RUNS);
});

test('has no place for what is beyond its bits', () => {
  for (const position of [-1n, LAST + 1n, 2n ** 63n])
    expect(() => referenceTo({ position, id: randomUUID() })).toThrow(RangeError);
});
