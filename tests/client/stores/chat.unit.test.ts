import { beforeEach, describe, expect, it } from 'vitest';
import { RallyError } from '../../../client/rally-error.ts';
import type { ChatStore } from '../../../client/stores/stores.ts';
import { settled } from '../fake-environment.ts';
import { CHAT, DATE, message, newMessage, StoreFixture } from './store-fixture.ts';

let fixture: StoreFixture;
let chat: ChatStore;

beforeEach(async () => {
  fixture = new StoreFixture();
  chat = fixture.stores.chat('bob');
  fixture.messages = [message('two', 'Bob'), message('one', 'Ann')];
  await fixture.watch(chat);
  await fixture.connect();
});

const ids = () => chat.get().messages.map(({ id }) => id);
const asked = () => fixture.live.asked.map(({ action, data }) => ({ action, data }));
const last = () => {
  const request = fixture.live.asked.at(-1);
  if (!request) throw new Error('nothing was sent');
  return request;
};

describe('a chat', () => {
  it('is one store, whatever the case of the name', () => {
    expect(fixture.stores.chat('BOB')).toBe(chat);
  });

  it('shows messages oldest first, each once, whatever comes twice', () => {
    fixture.live.push(newMessage('three', 'Bob', '11.1.7'));
    fixture.live.push(newMessage('two', 'Bob', '9.1.7'));
    expect(ids()).toEqual(['one', 'two', 'three']);
    expect(chat.get()).toMatchObject({ unreadCount: 2, status: 'loaded', chat: { chat_id: CHAT } });
  });

  it('applies what comes while its page is on its way, unless the page has it', async () => {
    let open = () => {};
    fixture.gate = new Promise((resolve) => {
      open = resolve;
    });
    fixture.messages = [message('three', 'Bob'), ...fixture.messages];
    fixture.position = '12.999.7';
    await fixture.live.welcome({ cursor: '12.999.7' });
    fixture.live.push(newMessage('three', 'Bob', '12.1.7'));
    fixture.live.push(newMessage('four', 'Bob', '13.1.7'));
    open();
    await settled();
    expect(ids()).toEqual(['one', 'two', 'three', 'four']);
  });

  it('loads again when a push comes after one that it was to come before', async () => {
    fixture.live.push(newMessage('four', 'Bob', '12.1.7'));
    fixture.messages = [message('four', 'Bob'), message('three', 'Bob'), ...fixture.messages];
    fixture.position = '12.999.7';
    fixture.live.push(newMessage('three', 'Bob', '11.1.7'));
    await settled();
    expect(ids()).toEqual(['one', 'two', 'three', 'four']);
  });

  it('shows a message of its own once, from when it is written: pending, acked, pushed', async () => {
    await chat.send('mine');
    expect(chat.get().pending).toMatchObject([{ id: 'mine' }]);
    fixture.pending.set([]);
    expect(chat.get().pending).toMatchObject([{ id: 'mine' }]);
    fixture.live.push(newMessage('mine', 'Ann', '11.1.7'));
    expect(chat.get().pending).toEqual([]);
    expect(ids()).toEqual(['one', 'two', 'mine']);
  });

  it('shows it once when the push comes before the ack, and not at all when it was discarded', async () => {
    await chat.send('mine');
    fixture.live.push(newMessage('mine', 'Ann', '11.1.7'));
    expect(chat.get().pending).toEqual([]);
    fixture.pending.set([{ id: 'no', chatId: CHAT, content: '', createdAt: 0, state: 'failed' }]);
    expect(chat.get().pending).toHaveLength(1);
    fixture.pending.set([]);
    expect(chat.get().pending).toEqual([]);
  });

  it('rejects what is written to a chat that cannot be opened', async () => {
    fixture.failure = new RallyError('user_not_found', '');
    await expect(fixture.stores.chat('Nobody').send('hello')).rejects.toMatchObject({
      code: 'user_not_found',
    });
  });
});

describe('likes', () => {
  const isLiked = () => chat.get().messages.at(-1)?.is_liked;

  it('are shown at once, and stay when they are acked, before the push or after it', async () => {
    const liked = chat.setLiked('two', true);
    expect(isLiked()).toBe(true);
    await settled();
    await last().ack('11');
    await liked;
    expect(isLiked()).toBe(true);
    fixture.live.push({
      action: 'like_message',
      data: { chat_id: CHAT, id: 'two', is_liked: true },
      cursor: '11.1.7',
    });
    fixture.live.push({
      action: 'like_message',
      data: { chat_id: CHAT, id: 'two', is_liked: false },
      cursor: '12.1.7',
    });
    expect(isLiked()).toBe(false);
  });

  it('say what is so when an ack comes late', async () => {
    const liked = chat.setLiked('two', true);
    fixture.live.push({
      action: 'like_message',
      data: { chat_id: CHAT, id: 'two', is_liked: true },
      cursor: '11.1.7',
    });
    fixture.live.push({
      action: 'like_message',
      data: { chat_id: CHAT, id: 'two', is_liked: false },
      cursor: '12.1.7',
    });
    await settled();
    await last().ack('11');
    await liked;
    expect(isLiked()).toBe(false);
  });

  it('are taken back when they are refused', async () => {
    const refused = expect(chat.setLiked('two', true)).rejects.toMatchObject({ code: 'blocked' });
    await settled();
    await last().refuse(new RallyError('blocked', ''));
    await refused;
    expect(isLiked()).toBe(false);
  });

  it('are one at a time for each message, and the last one counts', async () => {
    const all = [true, false, true, false].map((wanted) => chat.setLiked('two', wanted));
    await settled();
    expect(asked()).toHaveLength(1);
    await last().ack('11');
    await last().ack('12');
    await Promise.all(all);
    expect(asked().map(({ action }) => action)).toEqual(['like_message', 'unlike_message']);
    expect(isLiked()).toBe(false);
  });

  it('that get lost with a connection are sent again', async () => {
    const liked = chat.setLiked('two', true);
    await settled();
    await last().refuse(new RallyError('unconfirmed', ''));
    expect(isLiked()).toBe(true);
    await fixture.live.welcome({ cursor: fixture.position, recovered: true });
    expect(asked()).toHaveLength(2);
    await last().ack('11');
    await liked;
  });
});

describe('markers', () => {
  beforeEach(() => {
    for (let index = 1; index <= 5; index += 1)
      fixture.live.push(newMessage(`new ${index}`, 'Bob', `1${index}.1.7`));
  });

  it('are sent twice a second at most, the newest in the log', async () => {
    for (const id of ['new 1', 'new 3', 'new 2', 'two']) chat.markRead(id);
    expect(asked()).toMatchObject([{ data: { id: 'new 1' } }]);
    await last().ack('16');
    chat.markRead('new 5');
    await fixture.browser.pass(499);
    expect(asked()).toHaveLength(1);
    await fixture.browser.pass(1);
    expect(asked()).toMatchObject([{}, { action: 'read_message', data: { id: 'new 5' } }]);
  });

  it('move what is unread when the push comes', () => {
    const data = { chat_id: CHAT, id: 'new 4', reader: 'Ann', date: DATE };
    fixture.live.push({ action: 'read_message', data, cursor: '20.1.7' });
    expect(chat.get().unreadCount).toBe(1);
  });

  it('are not sent for own messages, or for what is read', () => {
    fixture.live.push({
      action: 'read_message',
      data: { chat_id: CHAT, id: 'new 5', reader: 'Ann', date: DATE },
      cursor: '20.1.7',
    });
    chat.markRead('one');
    chat.markRead('new 5');
    expect(asked()).toEqual([]);
  });

  it('are sent again when they get lost, and not when they are refused', async () => {
    chat.markRead('new 1');
    await last().refuse(new RallyError('unconfirmed', ''));
    await fixture.browser.pass(500);
    await last().refuse(new RallyError('message_not_found', ''));
    await fixture.browser.pass(1000);
    await fixture.live.welcome({ cursor: fixture.position, recovered: true });
    expect(asked()).toHaveLength(2);
  });
});

describe('typing', () => {
  it('is told at most once in two seconds', async () => {
    const typed = () => fixture.live.told.filter(({ action }) => action === 'typing').length;
    chat.typing();
    chat.typing();
    await fixture.browser.pass(1999);
    chat.typing();
    expect(typed()).toBe(1);
    await fixture.browser.pass(1);
    chat.typing();
    expect(typed()).toBe(2);
  });

  it('of the other side is shown for five seconds, from the last time, or until their next message', async () => {
    const type = () => fixture.live.push({ action: 'typing', data: { chat_id: CHAT, username: 'Bob' } });
    type();
    await fixture.browser.pass(3000);
    type();
    await fixture.browser.pass(4999);
    expect(chat.get().isTyping).toBe(true);
    await fixture.browser.pass(1);
    expect(chat.get().isTyping).toBe(false);
    type();
    fixture.live.push(newMessage('mine', 'Ann', '11.1.7'));
    expect(chat.get().isTyping).toBe(true);
    fixture.live.push(newMessage('theirs', 'Bob', '12.1.7'));
    expect(chat.get().isTyping).toBe(false);
  });
});
