import { PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import { createErrorSerializer } from '../../platform/logging/error-serializer.ts';
import { eventually } from '../support/patience.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { acceptance, conversation, eventsOf, like, message, refusal } from './conversation.ts';
import { broken, gated, notReadable, notWritable, tooLate } from './faulty-stores.ts';
import {
  type RunningCommandService,
  type RunningOptions,
  runCommandService,
} from './running-command-service.ts';

let database: TestDatabase;
let healthy: RunningCommandService;
const running: RunningCommandService[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  healthy = await runCommandService({ databaseUrl: database.url });
});
afterEach(async () => {
  for (const service of running.splice(0)) await service.stop();
});
afterAll(async () => {
  await healthy?.stop();
  await database?.drop();
});

async function start(options: Omit<RunningOptions, 'databaseUrl'>): Promise<RunningCommandService> {
  const service = await runCommandService({ databaseUrl: database.url, ...options });
  running.push(service);
  return service;
}

/** A logger and the lines that it wrote. */
function listening() {
  const lines = new PassThrough();
  const serializers = { err: createErrorSerializer({ withStack: false }) };
  const logger = pino({ level: 'debug', serializers }, lines);
  return { logger, logged: () => String(lines.read() ?? '') };
}

describe('a store that is away', () => {
  it.each([
    ['reading', notReadable],
    ['appending', notWritable],
  ])('refuses commands as unavailable when %s fails', async (_what, through) => {
    const { ann, bob, chatId } = await conversation(healthy);
    const { messageId } = message(chatId);
    acceptance(await healthy.send(ann, message(chatId, 'hello', messageId)));
    const service = await start({ through });
    const replies = await Promise.all([
      service.send(ann, message(chatId)),
      service.send(bob, like(chatId, messageId)),
      service.send(bob, { type: 'read_message', messageId, chatId: null }),
      service.send(bob, { type: 'read_message', messageId, chatId }),
      service.send(ann, { type: 'block_user', blocked: bob }),
    ]);
    expect(replies).toEqual(Array(5).fill(refusal('unavailable')));
    expect(await service.metrics()).toContain(
      'rally_commands_total{type="send_message",outcome="unavailable"} 1',
    );
  });

  it('makes the service not ready', async () => {
    expect(await (await start({ through: notReadable })).notReady()).toBe('the event store does not answer');
    expect(await healthy.notReady()).toBeNull();
  });
});

describe('a stream that others keep changing', () => {
  it('is decided on again until it works', async () => {
    const { ann, bob, chatId } = await conversation(healthy);
    const sent = message(chatId);
    const service = await start({ through: tooLate(3), conflictRetries: 2 });
    acceptance(await service.send(ann, sent));
    acceptance(await service.send(bob, like(chatId, sent.messageId)));
    expect(await eventsOf(healthy, streamOf('message', sent.messageId))).toHaveLength(2);
    expect(await service.metrics()).toContain('rally_command_conflicts_total{type="send_message"} 3');
  });

  it('is given up as unavailable after a bounded number of tries', async () => {
    const { ann, chatId } = await conversation(healthy);
    const sent = message(chatId);
    const service = await start({ through: tooLate(Number.POSITIVE_INFINITY), conflictRetries: 2 });
    expect(await service.send(ann, sent)).toEqual(refusal('unavailable'));
    expect(await eventsOf(healthy, streamOf('message', sent.messageId))).toEqual([]);
    expect(await service.metrics()).toContain('rally_command_conflicts_total{type="send_message"} 4');
  });
});

describe('more commands at once than the limit', () => {
  it('are refused at once, and taken again when there is room', async () => {
    const { ann, chatId } = await conversation(healthy);
    const { gate, open } = gated();
    const service = await start({ through: gate, commandsUnderWayLimit: 2 });
    const underWay = [service.send(ann, message(chatId)), service.send(ann, message(chatId))];
    expect(await service.send(ann, message(chatId))).toEqual(refusal('unavailable'));
    expect(await service.metrics()).toContain('rally_commands_under_way 2');
    open();
    for (const reply of await Promise.all(underWay)) acceptance(reply);
    acceptance(await service.send(ann, message(chatId)));
    expect(await service.metrics()).toContain('rally_commands_total{type="unread",outcome="unavailable"} 1');
  });
});

describe('more commands at once than can be worked on', () => {
  it('wait for their turn', async () => {
    const { ann, chatId } = await conversation(healthy);
    const { gate, open } = gated();
    const service = await start({ through: gate, commandsAtOnce: 2 });
    const replies = Promise.all(Array.from({ length: 6 }, () => service.send(ann, message(chatId))));
    await eventually(async () => expect(await service.metrics()).toContain('rally_commands_under_way 6'));
    open();
    for (const reply of await replies) acceptance(reply);
    expect(await service.metrics()).toContain('rally_commands_under_way 0');
  });

  it('are refused, and nothing is stored, when their turn comes too late', async () => {
    const { ann, chatId } = await conversation(healthy);
    const { gate, open } = gated();
    const [leftMs, tooLongMs] = [20, 15];
    const service = await start({ through: gate, commandsAtOnce: 1 });
    const [inTime, late] = [message(chatId), message(chatId)];
    const replies = Promise.all([service.send(ann, inTime), service.sendAs(ann, late, { leftMs })]);
    await eventually(async () => expect(await service.metrics()).toContain('rally_commands_under_way 2'));
    await delay(tooLongMs);
    open();
    const [first, second] = await replies;
    acceptance(first);
    expect(second).toEqual(refusal('unavailable'));
    expect(await eventsOf(healthy, streamOf('message', late.messageId))).toEqual([]);
    acceptance(await service.send(ann, late));
  });
});

describe('what cannot be done in time', () => {
  it('is not begun: nothing is stored when the time is over before the append', async () => {
    const { ann, chatId } = await conversation(healthy);
    const { gate, open } = gated();
    const service = await start({ through: gate });
    const late = message(chatId);
    const reply = service.sendAs(ann, late, { leftMs: 10 });
    await eventually(async () => expect(await service.metrics()).toContain('rally_commands_under_way 1'));
    await delay(15);
    open();
    expect(await reply).toEqual(refusal('unavailable'));
    expect(await eventsOf(healthy, streamOf('message', late.messageId))).toEqual([]);
  });

  it('is not decided again either, however often others were faster', async () => {
    const { ann, chatId } = await conversation(healthy);
    const service = await start({ through: tooLate(Number.POSITIVE_INFINITY), conflictRetries: 1000 });
    expect(await service.sendAs(ann, message(chatId), { leftMs: 100 })).toEqual(refusal('unavailable'));
  });
});

describe('what should never happen', () => {
  it.each([
    'private words, not JSON',
    '{"private words": 1}',
    '{"commandId":"private words","correlationId":"c","actor":"Ann","command":{"type":"register_user"}}',
    '{"commandId":"9d0c5a2e-5a0f-5b6e-8a55-1f8d3f7c2b10","correlationId":"c","actor":"Ann","command":{"type":"private words"}}',
    'null',
  ])('is answered as internal, and logged without what was asked: %s', async (text) => {
    const { logger, logged } = listening();
    const service = await start({ logger });
    expect(await service.sendText(text)).toEqual(refusal('internal'));
    const log = logged();
    expect(log).toContain('UnreadableRequest');
    expect(log).not.toContain('private words');
  });

  it('an error of the store is logged with the ids of the command, and without its content', async () => {
    const { ann, chatId } = await conversation(healthy);
    const { logger, logged } = listening();
    const service = await start({ logger, through: broken });
    const commandId = '9d0c5a2e-5a0f-5b6e-8a55-1f8d3f7c2b10';
    expect(await service.send(ann, message(chatId, 'private words'), commandId)).toEqual(refusal('internal'));
    const log = logged();
    expect(log).toMatch(/"level":50.*"type":"send_message".*TypeError.*"msg":"command failed"/);
    expect(log).toContain(`"commandId":"${commandId}","correlationId":"test"`);
    expect(log).toMatch(/"outcome":"internal".*"msg":"command answered"/);
    expect(log).not.toMatch(/private words|secret/);
  });
});

describe('stopping', () => {
  it('answers what is under way, takes nothing new, and can be asked for twice', async () => {
    const { ann, chatId } = await conversation(healthy);
    const { gate, open } = gated();
    const service = await start({ through: gate });
    const underWay = service.send(ann, message(chatId));
    const stopped = Promise.all([service.stop(), service.stop()]);
    expect(await service.notReady()).toBe('stopping');
    await expect(service.send(ann, message(chatId))).rejects.toThrow();
    open();
    acceptance(await underWay);
    await stopped;
  });
});
