import { describe, expect, it } from 'vitest';
import type { ChatState, MessageResource, PendingMessage } from '../../../client/index.ts';
import { createRows } from '../../../web/chat/message-rows.ts';

const chat: ChatState['chat'] = {
  chat_id: 'chat',
  username: 'bob',
  nickname: 'Bob',
  avatar: '',
  is_online: true,
  is_blocked_user: false,
  is_blocked_by_user: false,
};

const message = (id: string, sender: string, date: Date, is_read = true): MessageResource => ({
  id,
  sender,
  content: id,
  date: date.toISOString(),
  is_read,
  read_at: null,
  is_liked: false,
});

const waiting = (
  id: string,
  createdAt: Date,
  state: PendingMessage['state'] = 'waiting',
): PendingMessage => ({
  id,
  chatId: 'chat',
  content: id,
  createdAt: createdAt.getTime(),
  state,
});

/** By the clock of this machine, as days are. */
const at = (day: number, hour: number, minute: number) => new Date(2026, 4, day, hour, minute);

const groups = (rows: readonly { id: string; startsGroup: boolean; endsGroup: boolean }[]) =>
  rows
    .map(({ id, startsGroup, endsGroup }) => `${startsGroup ? '(' : ''}${id}${endsGroup ? ')' : ''}`)
    .join(' ');

describe('the rows of a chat', () => {
  const messages = [
    message('a', 'bob', at(1, 12, 0)),
    message('b', 'bob', at(1, 12, 3)),
    message('c', 'bob', at(1, 12, 9)),
    message('d', 'ann', at(1, 12, 10)),
    message('e', 'ann', at(1, 23, 59)),
    message('f', 'ann', at(2, 0, 1), false),
  ];

  it('are drawn together when one person wrote them within minutes of one day', () => {
    const rows = createRows()({ chat, messages, pending: [waiting('g', at(2, 0, 2))] }, null);
    expect(groups(rows)).toBe('(a b) (c) (d) (e) (f g)');
    expect(rows.map(({ isOwn }) => isOwn)).toEqual([false, false, false, true, true, true, true]);
    expect(rows.map(({ state }) => state).slice(-3)).toEqual(['read', 'sent', 'sending']);
  });

  it('say before a new day, and before what is unread, that it comes', () => {
    const rows = createRows()({ chat, messages, pending: [] }, 'b');
    expect(groups(rows)).toBe('(a) (b) (c) (d) (e) (f)');
    expect(rows.flatMap(({ id, nextDay }) => (nextDay ? [[id, nextDay.getDate()]] : []))).toEqual([['e', 2]]);
    expect(rows.flatMap(({ id, isLastRead }) => (isLastRead ? [id] : []))).toEqual(['a']);
  });

  it('stay the same objects until they look different, and the last of them when one follows', () => {
    const make = createRows();
    const [before, after] = [messages.slice(0, 5), messages].map((some) =>
      make({ chat, messages: some, pending: [] }, null),
    );
    expect(after?.slice(0, 4).every((row, index) => row === before?.[index])).toBe(true);
    expect(after?.[4]).not.toBe(before?.[4]);
    const older = make(
      { chat, messages: [message('0', 'bob', at(1, 11, 59)), ...messages], pending: [] },
      null,
    );
    expect(older.slice(2).every((row, index) => row === after?.[index + 1])).toBe(true);
  });
});
