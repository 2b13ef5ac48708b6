import { describe, expect, it } from 'vitest';
import { readFrame, routeOf } from '../../gateway/websocket/frame-routes.ts';
import { LEAST_MAX_PAYLOAD_BYTES } from '../../platform/message-bus/message-bus.ts';
import { FRAME_BYTES_LIMIT } from '../../protocol/client-frames.ts';
import { COMMANDS_LIMIT, type CommandReply, type CommandRequest } from '../../protocol/commands.ts';
import { formatCursor } from '../../protocol/cursor.ts';
import { eventText } from '../../protocol/frame-texts.ts';
import { cutPushes, decodePushes, encodePushes, type Push, type PushOrHole } from '../../protocol/pushes.ts';
import { USERNAME_LIMIT } from '../../protocol/scalars.ts';

const EPOCH = 57n;
const ID = '00000000-0000-4000-8000-000000000000';
const cursor = { position: 2n ** 63n - 1n, ordinal: 999, log: '4294967295' };
/** JSON writes six bytes for it; no other character that is allowed takes more for a unit of UTF-16. */
const DEAREST = '\u0001';

const largestPush = (): Push => ({
  cursor,
  text: eventText(
    {
      action: 'new_message',
      data: {
        chat_id: ID,
        id: ID,
        content: DEAREST.repeat(256),
        date: '2026-01-01T00:00:00.000Z',
        sender: 'x'.repeat(USERNAME_LIMIT),
        timestamp: DEAREST.repeat(128),
        is_read: false,
        is_liked: false,
      },
    },
    formatCursor(cursor),
  ),
});

/** As many bytes as a frame may have, of which as many as possible are its text. */
function largestFrame(filling: string): string {
  const frame = (content: string) =>
    JSON.stringify({
      action: 'new_message',
      data: { chat_id: ID, content, timestamp: DEAREST.repeat(128), id: ID },
    });
  const each = Buffer.byteLength(JSON.stringify(filling)) - 2;
  const text = frame(filling.repeat(Math.floor((FRAME_BYTES_LIMIT - Buffer.byteLength(frame(''))) / each)));
  expect(Buffer.byteLength(text)).toBeGreaterThan(FRAME_BYTES_LIMIT - 6);
  return text;
}

describe('what is never cut fits every message bus', () => {
  it('the largest push', () => {
    expect(Buffer.byteLength(encodePushes(2n ** 63n - 1n, [largestPush()]))).toBeLessThan(
      LEAST_MAX_PAYLOAD_BYTES / 100,
    );
  });

  it.each(['x', DEAREST, '"', 'é', '☃', '😀', '\u2028', '\ud800'])(
    'a group of as many of the largest frames as go together, made of %j',
    (filling) => {
      const frame = readFrame(largestFrame(filling));
      const command = frame && routeOf(frame).command?.(frame, () => ID);
      if (!command) throw new Error('not a frame that is a command');
      const one = { commandId: ID, correlationId: ID, command };
      const request: CommandRequest = {
        actor: 'x'.repeat(USERNAME_LIMIT),
        commands: Array.from({ length: COMMANDS_LIMIT }, () => ({ ...one, askedBefore: true })),
        leftMs: 1999.123456789,
      };
      expect(Buffer.byteLength(JSON.stringify(request))).toBeLessThan(LEAST_MAX_PAYLOAD_BYTES);
    },
  );

  it('the replies to such a group', () => {
    const reply: CommandReply = { outcome: 'accepted', position: String(2n ** 63n), changed: true, id: ID };
    const replies = Array.from({ length: COMMANDS_LIMIT }, () => reply);
    expect(Buffer.byteLength(JSON.stringify(replies))).toBeLessThan(LEAST_MAX_PAYLOAD_BYTES / 100);
  });
});

describe('pushes cut to a size', () => {
  const push = (position: number, text: string): Push => ({
    cursor: { position: BigInt(position), ordinal: 0, log: '7' },
    text,
  });
  const pushes = Array.from({ length: 300 }, (_, index) => push(index, '"☃x😀'.repeat((index * 7) % 90)));

  it.each([1000, 5000, 100_000_000])('of %i bytes: all of them in order, no part larger', (maxBytes) => {
    const parts = cutPushes(pushes, maxBytes).map((part) => encodePushes(EPOCH, part));
    expect(parts.flatMap((part) => decodePushes(part).pushes)).toEqual(pushes);
    for (const part of parts) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(maxBytes);
    expect(parts.length === 1).toBe(maxBytes === 100_000_000);
  });

  it('counts whom a push is not for', () => {
    const many = pushes.map((push, index) => ({
      ...push,
      everyoneBut: Array.from({ length: index % 40 }, () => 'x'.repeat(USERNAME_LIMIT)),
    }));
    const parts = cutPushes(many, 10_000).map((part) => encodePushes(EPOCH, part));
    for (const part of parts) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(10_000);
    expect(parts.flatMap((part) => decodePushes(part).pushes)).toHaveLength(many.length);
  });

  it('one that is larger by itself is a part of its own', () => {
    const [small, large] = [push(1, 'x'), push(2, 'x'.repeat(5000))];
    expect(cutPushes([small, large, small], 1000)).toEqual([[small], [large], [small]]);
    expect(cutPushes([], 1000)).toEqual([]);
  });
});

describe('a payload of pushes', () => {
  const cursor = { position: 9n, ordinal: 3, log: '7' };

  it.each<[string, string, PushOrHole]>([
    ['a push', '9.3.7 {"a": "b/c"}', { cursor, text: '{"a": "b/c"}' }],
    ['an empty one', '9.3.7 ', { cursor, text: '' }],
    ['a hole', '9.3.7', { cursor, text: null }],
    ['an ephemeral push', ' {"a": 1}', { cursor: null, text: '{"a": 1}' }],
  ])('carries %s behind the epoch', (_, line, push) => {
    expect(encodePushes(EPOCH, [push, push])).toBe(`57\n${line}\n${line}`);
    expect(decodePushes(`57\n${line}\n${line}`)).toEqual({ epoch: EPOCH, pushes: [push, push] });
  });

  it.each<[string, string, PushOrHole, string[]]>([
    ['to everyone but somebody', '9.3.7/ann {}', { cursor, text: '{}' }, ['ann']],
    [
      'to everyone but several',
      '9.3.7/ann/bob/c.d+e@f {}',
      { cursor, text: '{}' },
      ['ann', 'bob', 'c.d+e@f'],
    ],
    ['that is ephemeral', '/a.n+n@x {}', { cursor: null, text: '{}' }, ['a.n+n@x']],
    ['to everyone', '9.3.7/ {}', { cursor, text: '{}' }, []],
    ['that is a hole for everyone but one', '9.3.7/ann', { cursor, text: null }, ['ann']],
    ['that is a hole for everyone', '9.3.7/', { cursor, text: null }, []],
  ])('carries one %s', (_, line, push, everyoneBut) => {
    expect(encodePushes(EPOCH, [{ ...push, everyoneBut }])).toBe(`57\n${line}`);
    const received = { ...push, everyoneBut: new Set(everyoneBut) };
    expect(decodePushes(`57\n${line}`)).toEqual({ epoch: EPOCH, pushes: [received] });
  });

  it('may have none', () => {
    expect(decodePushes(encodePushes(EPOCH, []))).toEqual({ epoch: EPOCH, pushes: [] });
  });

  it.each([
    '',
    '9.3.7 {}',
    '57\n',
    '57\n9.3.7 {}\n',
    '57\n/ann',
    '57\n9.3 {}',
    '-1\n9.3.7 {}',
    'x\n9.3.7 {}',
  ])('is not %j', (payload) => {
    expect(() => decodePushes(payload)).toThrow();
  });
});
