import { beforeEach, describe, expect, it } from 'vitest';
import { RallyError } from '../../../client/rally-error.ts';
import { settled } from '../fake-environment.ts';
import { DATE, message, newMessage, StoreFixture } from './store-fixture.ts';

let fixture: StoreFixture;

beforeEach(() => {
  fixture = new StoreFixture();
});

describe('stores', () => {
  it('do nothing until somebody subscribes', async () => {
    const { me, chats, notifications, duel } = fixture.stores;
    for (const readable of [me, chats, notifications, duel, fixture.stores.chat('Bob')]) readable.get();
    await settled();
    expect([fixture.requests, fixture.live.listeners, fixture.tab.leftovers()]).toEqual([
      [],
      0,
      { timers: 0, listeners: 0, sockets: 0, locks: 0 },
    ]);
  });

  it('load once for all who subscribe, and once more when they are told that something is missing', async () => {
    await fixture.watch(fixture.stores.me, fixture.stores.me, fixture.stores.duel);
    expect(fixture.requests).toEqual(['self', 'unread']);
    await fixture.live.welcome({ cursor: '10.999.7' });
    await fixture.live.welcome({ cursor: '20.999.7', recovered: true });
    expect(fixture.requests).toEqual(['self', 'unread']);
    fixture.position = '30.999.7';
    await fixture.live.welcome({ cursor: '30.999.7' });
    expect(fixture.requests).toEqual(['self', 'unread', 'self', 'unread']);
  });

  it('ask again for a page that is older than what the welcome says to be missing', async () => {
    let open = () => {};
    fixture.gate = new Promise((resolve) => {
      open = resolve;
    });
    await fixture.watch(fixture.stores.me);
    fixture.position = '30.999.7';
    fixture.self = { ...fixture.self, unread_messages_count: 4 };
    await fixture.live.welcome({ cursor: '30.999.7' });
    open();
    await settled();
    expect(fixture.stores.me.get()?.unread_messages_count).toBe(4);
  });

  it('forget what nobody looks at when something is missing, and load it for who comes back', async () => {
    const end = await fixture.watch(fixture.stores.me);
    end();
    await fixture.live.welcome({ cursor: '30.999.7' });
    expect([fixture.stores.me.get(), fixture.requests.length]).toEqual([null, 2]);
    await fixture.watch(fixture.stores.me);
    expect(fixture.stores.me.get()?.username).toBe('Ann');
  });

  it('tell of a load that failed, and try again at the next welcome', async () => {
    fixture.failure = new RallyError('unreachable', '');
    await fixture.watch(fixture.stores.chats);
    expect(fixture.stores.chats.get()).toMatchObject({ status: 'failed', error: { code: 'unreachable' } });
    fixture.failure = null;
    await fixture.live.welcome({ recovered: true });
    expect(fixture.stores.chats.get()).toMatchObject({ status: 'loaded', error: null });
  });

  it('forget everything when somebody else signs in, and what is on its way, and load theirs', async () => {
    fixture.messages = [message('secret', 'Bob')];
    const chat = fixture.stores.chat('Bob');
    await fixture.watch(fixture.stores.me, chat);
    await fixture.connect();
    const like = expect(chat.setLiked('secret', true)).rejects.toMatchObject({ code: 'signed_out' });
    fixture.session.set({ phase: 'signed_out' });
    await like;
    expect([fixture.stores.me.get(), chat.get().messages, chat.get().status]).toEqual([
      null,
      [],
      'not_loaded',
    ]);
    fixture.messages = [];
    fixture.self = { ...fixture.self, username: 'Eve' };
    fixture.session.set({ phase: 'signed_in', username: 'Eve' });
    await settled();
    expect([fixture.stores.me.get()?.username, chat.get()]).toMatchObject([
      'Eve',
      { status: 'loaded', messages: [] },
    ]);
  });

  it('leave no timer when they are closed, and go on with the next welcome', async () => {
    fixture.messages = [message('one', 'Bob')];
    const chat = fixture.stores.chat('Bob');
    await fixture.watch(fixture.stores.presence('Bob'), chat);
    await fixture.connect();
    chat.markRead('one');
    fixture.live.push({
      action: 'typing',
      data: { chat_id: chat.get().chat?.chat_id ?? '', username: 'Bob' },
    });
    expect(fixture.tab.leftovers().timers).toBeGreaterThan(0);
    fixture.stores.close();
    expect(fixture.tab.leftovers().timers).toBe(0);
    expect(chat.get()).toMatchObject({ status: 'not_loaded', isTyping: false });
    await fixture.live.welcome({ recovered: true });
    expect(chat.get().status).toBe('loaded');
  });
});

describe('the list of chats', () => {
  it('loads anew for a message of a chat that it does not have', async () => {
    await fixture.watch(fixture.stores.chats);
    fixture.position = '11.999.7';
    const header = { username: 'Bob', nickname: '', avatar: '', is_online: false };
    const blocks = { is_blocked_user: false, is_blocked_by_user: false };
    const last_message = message('hello', 'Bob');
    const chat_id = newMessage('', '', '').data.chat_id;
    fixture.chats = [{ chat_id, ...header, ...blocks, unread_messages_count: 1, last_message }];
    fixture.live.push(newMessage('hello', 'Bob', '11.1.7'));
    await settled();
    expect(fixture.stores.chats.get().items).toEqual(fixture.chats);
  });
});

describe('the count of unread notifications', () => {
  it('takes back what marking all has marked too much', async () => {
    await fixture.watch(fixture.stores.notifications.unreadCount);
    const person = { username: 'Bob', nickname: '', avatar: '', date: DATE };
    fixture.live.push({ action: 'new_friend', data: { id: 'a', ...person }, cursor: '11.1.7' });
    fixture.live.push({ action: 'new_friend', data: { id: 'b', ...person }, cursor: '12.1.7' });
    expect(fixture.stores.notifications.unreadCount.get()).toBe(2);
    const [all, one] = [
      { id: null, is_read: true, date: DATE },
      { id: 'b', is_read: false },
    ];
    fixture.live.push({ action: 'notification_updated', data: all, cursor: '13.1.7' });
    fixture.live.push({ action: 'notification_updated', data: one, cursor: '13.2.7' });
    expect(fixture.stores.notifications.unreadCount.get()).toBe(1);
    expect(fixture.requests).toEqual(['unread']);
  });
});
