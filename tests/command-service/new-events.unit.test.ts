import { validate } from 'uuid';
import { expect, it } from 'vitest';
import { causationOf, newEvents } from '../../command-service/decide-and-append.ts';
import type { DomainEvent } from '../../domain/domain-event.ts';

const commandId = '9d0c5a2e-5a0f-4b6e-8a55-1f8d3f7c2b10';
const cause = { commandId, correlationId: 'test', actor: 'Ann' };
const event: DomainEvent = {
  type: 'UserRegistered',
  data: { username: 'Ann', nickname: 'Ann', avatar: '', date: '2026-01-02T03:04:05.678Z' },
};
const ids = (count: number, step?: string) =>
  newEvents(
    cause,
    Array<DomainEvent>(count).fill(event),
    causationOf(cause, step === undefined ? {} : { step }),
  ).map(({ id }) => id);

it('event ids are uuids that follow from the command and the event, the first being the command itself', () => {
  expect(ids(3)).toEqual(ids(3));
  expect(ids(3)[0]).toBe(commandId);
  expect(new Set(ids(3)).size).toBe(3);
  expect(ids(3).every((id) => validate(id))).toBe(true);
});

it('are those that stand in logs already', () => {
  expect(ids(3)).toEqual([
    commandId,
    '42144763-3284-5fbe-a171-3150c7b3bce3',
    '959189ee-e2cd-50f9-85fe-1d20c6469c43',
  ]);
});

it('no two appends of one command share an id, whatever their steps are called', () => {
  const all = [...ids(12), ...['1', '2', 'step 1', 'accept', 'release', ''].flatMap((step) => ids(12, step))];
  expect(new Set(all).size).toBe(7 * 12);
  expect(ids(2, 'accept')).toEqual(ids(2, 'accept'));
});
