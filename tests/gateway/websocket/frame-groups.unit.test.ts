import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, it, vi } from 'vitest';
import { createCommandClient } from '../../../gateway/command-client.ts';
import { createAskFrames } from '../../../gateway/websocket/frame-queue.ts';
import { readFrame } from '../../../gateway/websocket/frame-routes.ts';
import { createSocketMetrics } from '../../../gateway/websocket/socket-metrics.ts';
import { createInProcessBus } from '../../../platform/message-bus/in-process/in-process-bus.ts';
import { textOf } from '../../../platform/message-bus/payload.ts';
import { FRAME_BYTES_LIMIT } from '../../../protocol/client-frames.ts';
import { COMMANDS_LIMIT } from '../../../protocol/commands.ts';
import { USERNAME_LIMIT } from '../../../protocol/scalars.ts';
import { COMMANDS } from '../../../protocol/subjects.ts';
import { eventually } from '../../support/patience.ts';
import { createTestGateway, gate, settle } from './test-gateway.ts';
import type { TestTab } from './test-tab.ts';

const logger = pino({ level: 'silent' });

const CHAT = 'aaaaaaaa-0000-4000-8000-000000000001';
const ID = 'bbbbbbbb-0000-4000-8000-000000000002';

const say = (tab: TestTab, ...contents: string[]) => {
  for (const content of contents)
    tab.ask({
      action: 'new_message',
      data: { chat_id: CHAT, content, timestamp: '' },
      request_id: content,
    });
};
const ask = (tab: TestTab, action: string) => tab.ask({ action, data: { chat_id: CHAT, id: ID } });

/** A tab whose first message is on its way, and a gateway that answers when the test says so. */
async function talking(configuration: Parameters<typeof createTestGateway>[0] = {}) {
  const gateway = createTestGateway(configuration);
  const { commands, open } = gateway;
  commands.answersAtOnce = false;
  const tab = await open('ann');
  say(tab, 'first');
  const accept = async (first: number, last = first) => {
    for (let index = first; index <= last; index += 1) commands.accept(index);
    await settle();
  };
  const told = () => tab.frames.slice(1).map(({ request_id }) => request_id);
  return { ...gateway, tab, accept, told };
}

describe('messages of one tab in one chat', () => {
  it('that have come meanwhile go together, and are acked in their order when all are answered', async () => {
    const { tab, commands, accept, told } = await talking();
    say(tab, 'a', 'b', 'c');
    expect(commands.groups).toEqual([1]);
    await accept(0);
    expect(commands.groups).toEqual([1, 3]);
    await accept(3);
    await accept(2);
    expect(told()).toEqual(['first']);
    await accept(1);
    expect(told()).toEqual(['first', 'a', 'b', 'c']);
  });

  it('that came before the welcome go together', async () => {
    const { connect, commands, sessions } = createTestGateway();
    const authenticated = gate();
    sessions.answers = authenticated.opened;
    const tab = connect('ann');
    say(tab, 'a', 'b');
    authenticated.open();
    await eventually(() => expect(tab.story).toEqual(['welcome', 'ack', 'ack']));
    expect(commands.groups).toEqual([2]);
  });

  it('are at most 32 at a time', async () => {
    const { tab, commands, accept } = await talking({ FRAME_LIMIT_PER_S: 1000 });
    say(tab, ...Array.from({ length: 70 }, (_, index) => `${index}`));
    await accept(0);
    await accept(1, 32);
    await accept(33, 64);
    expect(commands.groups).toEqual([1, 32, 32, 6]);
    await accept(65, 70);
    expect(tab.of('ack')).toHaveLength(71);
  });

  it('are told of refusals one by one', async () => {
    const { tab, commands, accept } = await talking();
    say(tab, 'a', 'b', 'c');
    await accept(0);
    commands.asked[2]?.answer({ outcome: 'refused', code: 'content_empty' });
    await accept(1);
    await accept(3);
    expect(tab.frames.slice(2)).toMatchObject([
      { action: 'ack', request_id: 'a' },
      { action: 'error', request_id: 'b', data: { code: 'content_empty' } },
      { action: 'ack', request_id: 'c' },
    ]);
  });

  it.each(['like_message', 'unlike_message', 'read_message'])(
    'are done before a %s that follows, and it before those that follow',
    async (action) => {
      const { tab, commands, accept } = await talking();
      say(tab, 'a', 'b');
      ask(tab, action);
      ask(tab, action);
      say(tab, 'c', 'd');
      await accept(0);
      expect(commands.groups).toEqual([1, 2]);
      await accept(1, 2);
      expect(commands.commands.at(-1)?.type).toBe(action);
      expect(commands.groups).toEqual([1, 2, 1]);
      await accept(3);
      expect(commands.groups).toEqual([1, 2, 1, 1]);
      await accept(4);
      expect(commands.groups).toEqual([1, 2, 1, 1, 2]);
    },
  );

  it('each count for the limit of what waits, until all that went together are answered', async () => {
    const { tab, commands, accept } = await talking({ PENDING_FRAMES_LIMIT: 3 });
    say(tab, 'a', 'b', 'too much');
    await accept(0);
    say(tab, 'c', 'too much again');
    await accept(1);
    say(tab, 'still too much');
    expect(tab.of('error').map(({ request_id }) => request_id)).toEqual([
      'too much',
      'too much again',
      'still too much',
    ]);
    await accept(2);
    expect(commands.groups).toEqual([1, 2, 1]);
    say(tab, 'd', 'e');
    expect(tab.of('error')).toHaveLength(3);
  });

  it('are forgotten when the server closes, but for those that went together already', async () => {
    const { tab, commands, gateway, accept, sessionChanged } = await talking();
    say(tab, 'a', 'b');
    await accept(0);
    say(tab, 'c', 'd');
    sessionChanged({ change: 'logged_out', sessionId: 'ann' });
    await eventually(() => expect(tab.code).toBe(3000));
    await accept(1, 2);
    expect(commands.groups).toEqual([1, 2]);
    await gateway.drain();
  });

  it('have each waited for as long as they have', async () => {
    const { tab, commands, accept } = await talking();
    const now = vi.spyOn(performance, 'now');
    now.mockReturnValue(1000);
    say(tab, 'a');
    now.mockReturnValue(1300);
    say(tab, 'b');
    now.mockReturnValue(1500);
    await accept(0);
    now.mockRestore();
    expect(commands.asked.slice(1).map(({ waitedMs }) => waitedMs)).toEqual([500, 200]);
  });

  it('are small enough together for NATS, which takes 1 MiB, however large they are', async () => {
    const bus = createInProcessBus({ logger });
    const requests: string[] = [];
    await bus.respond(COMMANDS, 'group', async (request) => {
      requests.push(textOf(request));
      return JSON.stringify({ outcome: 'refused', code: 'unavailable' });
    });
    const send = createCommandClient(bus, 60_000, logger);
    const ask = createAskFrames(
      send,
      async () => ({ outcome: 'refused', code: 'internal' }),
      randomUUID,
      createSocketMetrics(new Registry(), () => 0),
      logger,
    );
    const frame = (content: string) =>
      JSON.stringify({ action: 'new_message', data: { chat_id: CHAT, content, timestamp: '' } });
    const bytes = (content: string) => Buffer.byteLength(frame(content));
    for (const character of ['\u0001', '"', '\ud800', '🏓', 'x']) {
      const room = FRAME_BYTES_LIMIT - bytes('');
      const largest = readFrame(frame(character.repeat(room / (bytes(character) - bytes('')))));
      if (!largest) expect.unreachable('too large');
      const session = { sessionId: '', username: 'x'.repeat(USERNAME_LIMIT), expiresAt: new Date() };
      await ask(Array(COMMANDS_LIMIT).fill(largest), { id: 'tab', isOpen: true, session }, []);
    }
    const sizes = requests.map((request) => Buffer.byteLength(request));
    expect(Math.max(...sizes)).toBeLessThan(1024 * 1024);
    expect(Math.max(...sizes)).toBeGreaterThan(COMMANDS_LIMIT * FRAME_BYTES_LIMIT);
  });
});
