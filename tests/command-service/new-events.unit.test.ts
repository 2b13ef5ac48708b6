import { validate } from 'uuid';
import { expect, it } from 'vitest';
import { eventId } from '../../command-service/new-events.ts';

const commandId = '9d0c5a2e-5a0f-4b6e-8a55-1f8d3f7c2b10';

it('event ids are uuids that follow from the command and the event, the first being the command itself', () => {
  const ids = [0, 1, 2].map((index) => eventId(commandId, index));
  expect(ids).toEqual([0, 1, 2].map((index) => eventId(commandId, index)));
  expect(ids[0]).toBe(commandId);
  expect(new Set(ids).size).toBe(3);
  expect(ids.every((id) => validate(id))).toBe(true);
});
