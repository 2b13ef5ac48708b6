import { describe, expect, it } from 'vitest';
import type { Arrival } from '../../client/live.ts';
import { RallyError } from '../../client/rally-error.ts';
import { admit, settled, welcome } from './fake-environment.ts';
import { message, newTab, readyTab, type StartedTab, startedTab } from './started-tab.ts';

/** What a page is told of: contents, with a star when it was missed. */
function heard({ rally }: StartedTab): string[] {
  const contents: string[] = [];
  const note = (content: string, { isReplayed }: Arrival) =>
    contents.push(isReplayed ? `${content}*` : content);
  rally.live.on('new_message', ({ data }, arrival) => note(data.content, arrival));
  return contents;
}

describe('pushes', () => {
  it('come each once, however often and in whichever order the server says them', async () => {
    const tab = await readyTab();
    const contents = heard(tab);
    const { socket } = tab.tab;
    for (const cursor of [
      '11.0.7',
      '13.0.7',
      '11.0.7',
      '12.0.7',
      '12.0.7',
      '13.0.7',
      '9.0.7',
      '10.999.7',
      '13.1.7',
    ])
      socket.push(message(cursor, cursor));
    expect(contents).toEqual(['11.0.7', '13.0.7', '12.0.7', '13.1.7']);
    socket.end();
    await tab.browser.pass(1000);
    expect(tab.tab.socket.url.search).toBe('?cursor=13.1.7');
  });

  it('are told apart as the numbers that they are', async () => {
    const tab = await readyTab(undefined, { cursor: '9.999.7' });
    const contents = heard(tab);
    for (const cursor of ['10.9.7', '10.10.7', '9007199254740993.0.7', '9007199254740992.0.7'])
      tab.tab.socket.push(message(cursor, cursor));
    expect(contents).toEqual(['10.9.7', '10.10.7', '9007199254740993.0.7', '9007199254740992.0.7']);
  });

  it('that were missed come with the welcome, and say so', async () => {
    const tab = await readyTab();
    const contents = heard(tab);
    const order: string[] = [];
    tab.rally.live.onWelcome(({ recovered }) => void order.push(`${contents.join()} ${recovered}`));
    tab.tab.socket.end();
    await tab.browser.pass(1000);
    const { socket } = tab.tab;
    socket.open();
    socket.push(message('11.0.7', 'one'));
    socket.push(message('12.0.7', 'two'));
    expect(tab.rally.live.connection.get()).toEqual({ phase: 'catching_up' });
    socket.push(welcome({ recovered: true, replayed: 2, cursor: '12.999.7' }));
    socket.push(message('12.0.7', 'two'));
    socket.push(message('13.0.7', 'three'));
    expect(contents).toEqual(['one*', 'two*', 'three']);
    expect(order).toEqual(['one*,two* true']);
  });

  it('of another user are never shown: everything is loaded anew', async () => {
    const tab = await readyTab();
    const contents = heard(tab);
    const welcomes: boolean[] = [];
    tab.rally.live.onWelcome(({ recovered }) => void welcomes.push(recovered));
    tab.tab.socket.end();
    await tab.browser.pass(1000);
    tab.tab.socket.open();
    tab.tab.socket.push(message('11.0.7', "Bob's"));
    tab.tab.socket.push(welcome({ username: 'Bob', recovered: true, replayed: 1, cursor: '11.999.7' }));
    expect(contents).toEqual([]);
    expect(welcomes).toEqual([false]);
    expect(tab.rally.session.get()).toEqual({ phase: 'signed_in', username: 'Bob' });
  });

  it('of another log begin anew, even with smaller numbers', async () => {
    const tab = await readyTab(undefined, { cursor: '500.999.7' });
    const contents = heard(tab);
    tab.tab.socket.end();
    await tab.browser.pass(1000);
    await admit(tab.tab.socket, { cursor: '3.999.8', recovered: false });
    tab.tab.socket.push(message('4.0.8', 'new'));
    expect(contents).toEqual(['new']);
    tab.tab.socket.end();
    await tab.browser.pass(2000);
    expect(tab.tab.socket.url.search).toBe('?cursor=4.0.8');
  });

  it('move the place before anybody acts on them, and a handler that throws keeps nothing from others', async () => {
    const tab = await readyTab();
    const errors: unknown[] = [];
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', (error) => errors.push(error));
    try {
      tab.rally.live.onPush(() => {
        throw new Error('a page fails');
      });
      const contents = heard(tab);
      tab.tab.socket.push(message('11.0.7', 'one'));
      await settled();
      expect(contents).toEqual(['one']);
      expect(errors).toEqual([new Error('a page fails')]);
    } finally {
      for (const listener of listeners) process.on('uncaughtException', listener);
    }
    tab.tab.socket.end();
    await tab.browser.pass(1000);
    expect(tab.tab.socket.url.search).toBe('?cursor=11.0.7');
  });

  it('of presence and typing never move the place', async () => {
    const tab = await readyTab();
    const seen: string[] = [];
    tab.rally.live.onPush(({ action }) => seen.push(action));
    tab.tab.socket.push({
      action: 'user_online',
      data: { username: 'Bob', nickname: '', status: 'online', date: '' },
    });
    tab.tab.socket.push({ action: 'typing', data: { chat_id: 'c', username: 'Bob' } });
    tab.tab.socket.end();
    await tab.browser.pass(1000);
    expect(seen).toEqual(['user_online', 'typing']);
    expect(tab.tab.socket.url.search).toBe('?cursor=10.999.7');
  });

  it('of a socket that was given up are ignored', async () => {
    const tab = await readyTab();
    const contents = heard(tab);
    const [first] = tab.tab.sockets;
    tab.tab.isOnline = false;
    await tab.tab.wake('offline');
    first?.push(message('11.0.7', 'late'));
    first?.push(welcome({ username: 'Mallory' }));
    first?.end(3100);
    expect(contents).toEqual([]);
    expect(tab.rally.live.connection.get()).toEqual({ phase: 'offline' });
    tab.rally.stop();
    expect(tab.rally.session.get()).toEqual({ phase: 'signed_in', username: 'Ann' });
  });

  it('that nobody understands are passed over', async () => {
    const tab = await readyTab();
    const seen: string[] = [];
    tab.rally.live.onPush(({ action }) => seen.push(action));
    for (const text of [
      '',
      '{',
      '[]',
      'null',
      '7',
      '{"action":"new_thing","data":{}}',
      '{"action":"constructor","data":{}}',
    ])
      tab.tab.socket.push(text);
    tab.tab.socket.push({ action: 'new_message', data: { id: 7 }, cursor: '11.0.7' });
    tab.tab.socket.push({ ...message('11.0.7', 'one'), cursor: 11 });
    tab.tab.socket.push(message('12.0.7', 'two'));
    expect(seen).toEqual(['new_message']);
  });

  it('end with whoever listens, who may be there before the client has started', async () => {
    const tab = newTab();
    const contents: string[] = [];
    const end = tab.rally.live.on('new_message', ({ data }) => contents.push(data.content));
    tab.rally.start();
    await settled();
    await admit(tab.tab.socket);
    tab.tab.socket.push(message('11.0.7', 'one'));
    end();
    end();
    tab.tab.socket.push(message('12.0.7', 'two'));
    expect(contents).toEqual(['one']);
  });
});

describe('requests', () => {
  const code = (promise: Promise<unknown>) =>
    promise.then(
      () => 'ok',
      (error) => (error instanceof RallyError ? error.code : String(error)),
    );
  const data = {
    chat_id: '00000000-0000-4000-8000-0000000000c1',
    id: '00000000-0000-4000-8000-0000000000ff',
  };

  it('are answered by their own ack or error, in whichever order', async () => {
    const { tab, rally } = await readyTab();
    const [first, second] = [
      rally.live.request('like_message', data),
      rally.live.request('unlike_message', data),
    ];
    const [one, two] = tab.socket.sent;
    tab.socket.push({
      action: 'error',
      request_id: two?.request_id,
      data: { code: 'blocked', message: 'No.', retryable: false },
    });
    tab.socket.push({ action: 'ack', request_id: one?.request_id, data: { position: '12' } });
    tab.socket.push({ action: 'ack', request_id: one?.request_id, data: { position: '12' } });
    await expect(first).resolves.toEqual({ position: '12' });
    await expect(second).rejects.toMatchObject({ code: 'blocked', details: { retryable: false } });
  });

  it('are not sent without a welcomed connection, nor ever again', async () => {
    const { browser, tab, rally } = await startedTab();
    tab.socket.open();
    expect(await code(rally.live.request('like_message', data))).toBe('not_connected');
    expect(rally.live.tell('like_message', data)).toBe(false);
    await admit(tab.socket);
    expect(rally.live.tell('like_message', data)).toBe(true);
    const lost = code(rally.live.request('like_message', data));
    tab.socket.end(3001);
    expect(await lost).toBe('unconfirmed');
    await browser.pass(1000);
    await admit(tab.socket, { recovered: true });
    expect(tab.socket.sent).toEqual([]);
  });

  it('whose answer does not come are unconfirmed after a while', async () => {
    const { browser, tab, rally } = await readyTab();
    const lost = code(rally.live.request('like_message', data));
    await browser.pass(20_000);
    expect(await lost).toBe('unconfirmed');
    expect(tab.leftovers().sockets).toBe(1);
  });
});
