import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/patience.ts';
import { createTestGateway, settle } from './test-gateway.ts';

const CHAT = 'aaaaaaaa-0000-4000-8000-000000000001';
const ID = 'bbbbbbbb-0000-4000-8000-000000000002';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const message = { chat_id: CHAT, content: ' hello ', timestamp: 'whenever', id: ID };

describe('a frame', () => {
  it.each<[string, object, object]>([
    [
      'new_message',
      message,
      { type: 'send_message', chatId: CHAT, messageId: ID, content: ' hello ', timestamp: 'whenever' },
    ],
    ['like_message', { chat_id: CHAT, id: ID }, { type: 'like_message', chatId: CHAT, messageId: ID }],
    ['unlike_message', { chat_id: CHAT, id: ID }, { type: 'unlike_message', chatId: CHAT, messageId: ID }],
    ['read_message', { id: ID }, { type: 'read_message', chatId: null, messageId: ID }],
    ['read_message', { id: ID, chat_id: CHAT }, { type: 'read_message', chatId: CHAT, messageId: ID }],
    [
      'read_message',
      { id: ID.toUpperCase(), chat_id: CHAT.toUpperCase(), extra: 1 },
      { type: 'read_message', chatId: CHAT, messageId: ID },
    ],
    [
      'read_notification',
      { id: ID.toUpperCase(), chat_id: 1 },
      { type: 'read_notification', notificationId: ID },
    ],
    ['new_message', { ...message, content: '' }, { content: '' }],
    ['new_message', { ...message, content: '\u0000\ud800' }, { content: '\u0000\ud800' }],
    ['new_message', { ...message, timestamp: 'x'.repeat(128) }, { timestamp: 'x'.repeat(128) }],
  ])('%s %j becomes a command of its user', async (action, data, command) => {
    const { open, commands } = createTestGateway();
    (await open('ann')).ask({ action, data, top: 'level keys are ignored' });
    expect(commands.asked).toHaveLength(1);
    expect(commands.commands[0]).toMatchObject(command);
    expect(commands.asked[0]?.context).toEqual({
      actor: 'Ann',
      commandId: expect.stringMatching(UUID),
      correlationId: expect.stringMatching(UUID),
    });
  });

  it('without a message id gets one; each frame is a command of its own', async () => {
    const { open, commands } = createTestGateway();
    const tab = await open('ann');
    tab.ask({ action: 'new_message', data: { ...message, id: undefined }, request_id: 'r' });
    tab.ask({ action: 'new_message', data: message });
    await settle();
    const [first, second] = commands.asked;
    const given = first?.command.type === 'send_message' ? first.command.messageId : '';
    expect(given).toMatch(UUID);
    expect(tab.of('ack')[0]?.data.id).toBe(given);
    expect(first?.context.commandId).not.toBe(second?.context.commandId);
  });

  it.each(['', 'r', 'x'.repeat(64)])(
    'with request_id %j is acked with it, to the asking tab only',
    async (requestId) => {
      const { open } = createTestGateway();
      const [tab, other] = [await open('ann'), await open('ann')];
      tab.ask({ action: 'new_message', data: message, request_id: requestId });
      tab.ask({ action: 'like_message', data: { chat_id: CHAT, id: ID }, request_id: requestId });
      await eventually(() =>
        expect(tab.frames.slice(1)).toEqual([
          { action: 'ack', request_id: requestId, data: { position: '7', id: ID } },
          { action: 'ack', request_id: requestId, data: { position: '7' } },
        ]),
      );
      expect(other.story).toEqual(['welcome']);
    },
  );

  it('without request_id is not acked, but told a refusal', async () => {
    const { open, commands } = createTestGateway();
    const tab = await open('ann');
    tab.ask({ action: 'new_message', data: message });
    await settle();
    expect(tab.story).toEqual(['welcome']);
    commands.answersAtOnce = false;
    tab.ask({ action: 'new_message', data: message });
    tab.ask({ action: 'read_message', data: { id: ID }, request_id: 'r' });
    commands.asked[1]?.answer({ outcome: 'refused', code: 'blocked' });
    commands.asked[2]?.answer({ outcome: 'refused', code: 'unavailable' });
    await eventually(() =>
      expect(tab.frames.slice(1)).toEqual([
        {
          action: 'error',
          data: { code: 'blocked', message: 'One of you has blocked the other.', retryable: false },
        },
        {
          action: 'error',
          request_id: 'r',
          data: { code: 'unavailable', message: expect.any(String), retryable: true },
        },
      ]),
    );
    expect(tab.code).toBeUndefined();
  });
});
