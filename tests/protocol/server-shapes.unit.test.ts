import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../protocol/error-codes.ts';
import { eventText, refusalFrame, replyText } from '../../protocol/frame-texts.ts';
import { errorCode } from '../../protocol/scalars.ts';
import { serverFrame } from '../../protocol/server-frames.ts';
import { assertProtocolBody } from '../support/answer-shapes.ts';

const ID = 'aaaaaaaa-0000-4000-8000-000000000001';
const DATE = '2026-01-02T03:04:05.678Z';
const parses = (text: string) => serverFrame.safeParse(JSON.parse(text)).success;

const liked = { action: 'like_message', data: { chat_id: ID, id: ID, is_liked: true } } as const;

describe('a frame', () => {
  it('is as its schema says when the functions of the protocol wrote it', () => {
    expect(parses(eventText(liked, '7.0.7'))).toBe(true);
    expect(parses(replyText(refusalFrame('blocked')))).toBe(true);
    expect(parses(replyText(refusalFrame('unavailable', 'r', 250)))).toBe(true);
    expect(parses(replyText({ action: 'ack', request_id: 'r', data: { position: '7', id: ID } }))).toBe(true);
  });

  it.each([
    ['without a cursor', liked],
    ['with a key more', { ...liked, cursor: '7.0.7', extra: 1 }],
    ['with a key more in its data', { ...liked, cursor: '7.0.7', data: { ...liked.data, extra: 1 } }],
    ['with a key less in its data', { ...liked, cursor: '7.0.7', data: { chat_id: ID, id: ID } }],
    [
      'that is kept by nobody and has a cursor',
      { action: 'typing', data: { chat_id: ID, username: 'Ann' }, cursor: '7.0.7' },
    ],
    [
      'with an id in upper case',
      { ...liked, cursor: '7.0.7', data: { ...liked.data, id: ID.toUpperCase() } },
    ],
    ['that nobody knows', { action: 'shout', data: {} }],
  ])('%s is none', (_, frame) => {
    expect(parses(JSON.stringify(frame))).toBe(false);
  });
});

describe('a body', () => {
  const message = {
    id: ID,
    content: '',
    date: DATE,
    sender: 'Ann',
    is_read: true,
    is_liked: false,
    read_at: DATE,
  };
  const messages = { items: [message], count: 1, next: null };
  const answer = (status: number, body: unknown) => () =>
    assertProtocolBody('GET', '/chats/Bob/messages/?limit=1', status, body);

  it('is as the schemas say, whatever the status', () => {
    expect(answer(200, messages)).not.toThrow();
    expect(answer(404, { msg: 'Chat not found.', code: 'chat_not_found' })).not.toThrow();
    expect(answer(422, [{ loc: ['query', 'limit'], msg: 'Must be 1.', type: 'too_small' }])).not.toThrow();
    expect(answer(401, { msg: 'Sign in to do this.', code: 'unauthenticated' })).not.toThrow();
    expect(() => assertProtocolBody('DELETE', '/logout', 204, null)).not.toThrow();
  });

  it.each([
    ['of another request', 200, message],
    ['with a key more', 200, { ...messages, extra: 1 }],
    ['with a key less in an item', 200, { ...messages, items: [{ ...message, read_at: undefined }] }],
    ['with a code that is not in the registry', 404, { msg: '', code: 'nothing' }],
    ['with no field at fault', 422, []],
    ['with a code that the route does not have', 422, { msg: "You can't do that.", code: 'self_chat' }],
    ['with a code of another status', 400, { msg: 'Chat not found.', code: 'chat_not_found' }],
    ['with a status that the route does not have', 201, messages],
    ['that is none', 200, null],
  ])('%s is none', (_, status, body) => {
    expect(answer(status, body)).toThrow('not in the protocol');
  });

  it('of a path without a route is none', () => {
    expect(() => assertProtocolBody('GET', '/weather', 200, {})).toThrow('no such route');
  });
});

it('every code of the registry is one for the schemas', () => {
  for (const code of Object.keys(ERRORS)) expect(errorCode.safeParse(code).success).toBe(true);
  expect(errorCode.safeParse('toString').success).toBe(false);
});
