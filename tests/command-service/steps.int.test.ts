import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  AppendOrder,
  type CommandContext,
  decideAndAppend,
} from '../../command-service/decide-and-append.ts';
import { WHOLE_STREAM } from '../../command-service/load-stream.ts';
import { userDecider } from '../../domain/user.ts';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { openPostgresEventStore } from '../../platform/event-store/postgres/postgres-event-store.ts';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let database: TestDatabase;
let store: EventStore;
beforeAll(async () => {
  database = await createTestDatabase();
  store = await openPostgresEventStore({ url: database.url, logger: pino({ level: 'silent' }) });
});
afterAll(async () => {
  await store?.close();
  await database?.drop();
});

/** One append of a command that makes several, each on a stream of its own. */
function register(name: string, commandId: string, step?: string) {
  const context: CommandContext = {
    commandId,
    correlationId: 'test',
    actor: name,
    askedBefore: false,
    deadline: Number.POSITIVE_INFINITY,
    store,
    order: new AppendOrder(),
    conflictRetries: 0,
    onConflict: () => expect.unreachable('nobody else appends'),
  };
  const command = { type: 'register_user', actor: name, date: '2026-01-02T03:04:05.678Z' } as const;
  const change = {
    decider: userDecider,
    stream: streamOf('user', name),
    part: WHOLE_STREAM,
    loadContext: async () => ({ value: undefined }),
    ...(step !== undefined && { step }),
  };
  return decideAndAppend(command, change, context);
}

const idsIn = async (...names: string[]) =>
  (await Promise.all(names.map((name) => store.readStream(streamOf('user', name), WHOLE_STREAM))))
    .flat()
    .map(({ id }) => id);

it('a command that appends to two streams stores an event in each, once, however often it comes', async () => {
  const commandId = randomUUID();
  const both = async () => [
    await register('Ann', commandId),
    await register('Bob', commandId, 'the other one'),
  ];
  const first = await both();
  expect(first).toMatchObject([{ outcome: 'accepted' }, { outcome: 'accepted' }]);
  expect(await both()).toEqual(first);
  const ids = await idsIn('Ann', 'Bob');
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(2);
  expect(ids).toContain(commandId);
});

it('what one step has stored is not taken for what another stores', async () => {
  const commandId = randomUUID();
  await register('Cleo', commandId);
  expect(await register('Cleo', commandId, 'again')).toEqual({ outcome: 'refused', code: 'username_taken' });
});
