import { beforeEach, describe, expect, it } from 'vitest';
import type { Rally } from '../../client/rally.ts';
import { admit, FakeBrowser, type FakeSocket, type FakeTab, settled } from './fake-environment.ts';
import { message, newTab, readyTab, type StartedTab } from './started-tab.ts';

const CHAT = '00000000-0000-4000-8000-0000000000c1';
const OTHER_CHAT = '00000000-0000-4000-8000-0000000000c2';
const DAY_MS = 24 * 60 * 60 * 1000;

let browser: FakeBrowser;
beforeEach(() => {
  browser = new FakeBrowser();
});

const sent = (socket: FakeSocket) => socket.sent.map(({ data }) => String(data.content));
const ids = (socket: FakeSocket) => socket.sent.map(({ data }) => String(data.id));
const pending = (rally: Rally, chat = CHAT) =>
  rally.outbox
    .pending(chat)
    .get()
    .map(({ content, state, reason }) => [content, reason ?? state].join(' '));

/** The server stores what comes. */
const acknowledge = (socket: FakeSocket) => {
  socket.onSent = ({ request_id, data }) =>
    socket.push({ action: 'ack', request_id, data: { position: '20', id: String(data.id) } });
};

const refuse = (socket: FakeSocket, code: string, details: Record<string, unknown> = {}) => {
  socket.onSent = ({ request_id }) =>
    socket.push({ action: 'error', request_id, data: { code, message: '', retryable: false, ...details } });
};

async function reconnect(
  { tab }: { readonly tab: FakeTab },
  data: Record<string, unknown> = {},
): Promise<void> {
  await browser.pass(2000);
  acknowledge(tab.socket);
  await admit(tab.socket, { recovered: true, ...data });
  await browser.pass(1000);
}

describe('the outbox', () => {
  it('sends one at a time in each chat, in order, until each is acknowledged', async () => {
    const { tab, rally } = await readyTab(browser);
    for (const content of ['one', 'two']) rally.outbox.send(CHAT, content);
    rally.outbox.send(OTHER_CHAT, 'elsewhere');
    await browser.pass(1000);
    expect(sent(tab.socket)).toEqual(['one', 'elsewhere']);
    expect(pending(rally)).toEqual(['one sending', 'two waiting']);
    tab.socket.push({ action: 'ack', request_id: tab.socket.sent[0]?.request_id, data: { position: '20' } });
    await browser.pass(1000);
    expect(sent(tab.socket)).toEqual(['one', 'elsewhere', 'two']);
    expect(pending(rally)).toEqual(['two sending']);
  });

  it('takes the push of a message for its ack', async () => {
    const { tab, rally } = await readyTab(browser);
    const { id } = rally.outbox.send(CHAT, 'one');
    tab.socket.push(message('11.0.7', 'one', id));
    expect(pending(rally)).toEqual([]);
    expect([...browser.stored.keys()].filter((key) => key.startsWith('rally.outbox'))).toEqual([]);
  });

  it('sends again what was not acknowledged, with the same id, before what follows', async () => {
    const started = await readyTab(browser);
    const { tab, rally } = started;
    rally.outbox.send(CHAT, 'one');
    rally.outbox.send(CHAT, 'two');
    const [first] = ids(tab.socket);
    tab.socket.end();
    await settled();
    expect(pending(rally)).toEqual(['one waiting', 'two waiting']);
    await reconnect(started);
    expect(sent(tab.socket)).toEqual(['one', 'two']);
    expect(ids(tab.socket)[0]).toBe(first);
    expect(pending(rally)).toEqual([]);
  });

  it('sends again when the connection lasts and no answer comes', async () => {
    const { tab, rally } = await readyTab(browser);
    rally.outbox.send(CHAT, 'one');
    await browser.pass(21_000);
    expect(sent(tab.socket)).toEqual(['one', 'one']);
    expect(new Set(ids(tab.socket)).size).toBe(1);
  });

  it('does not send what the missed pushes show to be stored', async () => {
    const started = await readyTab(browser);
    const { tab, rally } = started;
    const { id } = rally.outbox.send(CHAT, 'one');
    tab.socket.end();
    await browser.pass(2000);
    tab.socket.open();
    tab.socket.push(message('11.0.7', 'one', id));
    await admit(tab.socket, { recovered: true, cursor: '11.999.7' });
    await browser.pass(1000);
    expect(tab.socket.sent).toEqual([]);
    expect(pending(rally)).toEqual([]);
  });

  it('sends no more than 40 in a second', async () => {
    const { tab, rally } = await readyTab(browser);
    acknowledge(tab.socket);
    for (let index = 0; index < 100; index += 1) rally.outbox.send(CHAT, String(index));
    await browser.pass(1000);
    expect(tab.socket.sent.length).toBeLessThanOrEqual(41);
    await browser.pass(2000);
    expect(sent(tab.socket)).toEqual(Array.from({ length: 100 }, (_, index) => String(index)));
  });

  it.each(['blocked', 'content_too_long', 'id_conflict', 'chat_not_found'])(
    'lets %s be final, and goes on',
    async (code) => {
      const { tab, rally } = await readyTab(browser);
      refuse(tab.socket, code);
      const { id } = rally.outbox.send(CHAT, 'one');
      rally.outbox.send(CHAT, 'two');
      await settled();
      acknowledge(tab.socket);
      await browser.pass(10_000);
      expect(sent(tab.socket)).toEqual(['one', 'two']);
      expect(pending(rally)).toEqual([`one ${code}`]);
      rally.outbox.retry(id);
      await browser.pass(1000);
      expect(ids(tab.socket)[2]).toBe(id);
      expect(pending(rally)).toEqual([]);
    },
  );

  it('waits as long as the server says with what is refused for the moment', async () => {
    const { tab, rally } = await readyTab(browser);
    refuse(tab.socket, 'unavailable', { retryable: true, retry_after_ms: 5000 });
    rally.outbox.send(CHAT, 'one');
    await browser.pass(5249);
    expect(pending(rally)).toEqual(['one waiting']);
    expect(tab.socket.sent).toHaveLength(1);
    acknowledge(tab.socket);
    await browser.pass(1);
    expect(pending(rally)).toEqual([]);
  });

  it('discards what failed or waits, but not what was sent', async () => {
    const { tab, rally } = await readyTab(browser);
    const [one, two] = [rally.outbox.send(CHAT, 'one'), rally.outbox.send(CHAT, 'two')];
    rally.outbox.discard(one.id);
    rally.outbox.discard(two.id);
    expect(pending(rally)).toEqual(['one sending']);
    refuse(tab.socket, 'blocked');
    tab.socket.push({
      action: 'error',
      request_id: tab.socket.sent[0]?.request_id,
      data: { code: 'blocked', message: '', retryable: false },
    });
    await settled();
    rally.outbox.discard(one.id);
    expect(pending(rally)).toEqual([]);
    expect([...browser.stored.keys()].some((key) => key.startsWith('rally.outbox'))).toBe(false);
  });

  it('keeps the same list until something changes, and tells of each change', async () => {
    const { rally } = newTab(browser);
    const chat = rally.outbox.pending(CHAT);
    let changes = 0;
    chat.subscribe(() => {
      changes += 1;
    });
    expect(chat.get()).toBe(chat.get());
    rally.outbox.send(OTHER_CHAT, 'elsewhere');
    expect(changes).toBe(0);
    rally.outbox.send(CHAT, 'one');
    expect(changes).toBe(1);
    expect(rally.outbox.pending(CHAT)).toBe(chat);
  });
});

describe('messages that are stored', () => {
  /** One that has not been sent, of a tab that then ends. */
  async function left(end: (started: StartedTab) => void): Promise<string> {
    const started = await readyTab(browser);
    started.tab.socket.end();
    const { id } = started.rally.outbox.send(CHAT, 'left');
    await settled();
    end(started);
    await settled();
    return id;
  }

  it.each([
    { how: 'crashed', end: ({ tab }: StartedTab) => tab.crash() },
    { how: 'was stopped', end: ({ rally }: StartedTab) => rally.stop() },
  ])('are sent by the next tab when theirs $how', async ({ end }) => {
    const id = await left(end);
    const next = newTab(browser);
    next.rally.start();
    await settled();
    expect(pending(next.rally)).toEqual(['left waiting']);
    acknowledge(next.tab.socket);
    await admit(next.tab.socket);
    await browser.pass(1000);
    expect(ids(next.tab.socket)).toEqual([id]);
    expect(pending(next.rally)).toEqual([]);
  });

  it('are left to a tab that lives', async () => {
    await left(() => {});
    const next = await readyTab(browser);
    await browser.pass(1000);
    expect(next.tab.socket.sent).toEqual([]);
    browser.tabs[0]?.crash();
    await next.tab.wake('seen');
    await browser.pass(1000);
    expect(sent(next.tab.socket)).toEqual(['left']);
  });

  it('are adopted by one tab alone', async () => {
    await left(({ tab }) => tab.crash());
    const all = await Promise.all([1, 2, 3, 4].map(() => readyTab(browser)));
    await browser.pass(1000);
    expect(all.flatMap(({ tab }) => sent(tab.socket))).toEqual(['left']);
  });

  it('are adopted at the start where there are no locks', async () => {
    const id = await left(({ tab }) => tab.crash());
    const next = await readyTab(browser, {}, { environment: { locks: null } });
    await browser.pass(1000);
    expect(ids(next.tab.socket)).toEqual([id]);
  });

  it('come back in their order', async () => {
    const first = await readyTab(browser);
    first.tab.socket.end();
    for (let index = 0; index < 20; index += 1) first.rally.outbox.send(CHAT, String(index));
    first.tab.crash();
    const next = await readyTab(browser);
    acknowledge(next.tab.socket);
    await browser.pass(30_000);
    expect([...new Set(sent(next.tab.socket))]).toEqual(
      Array.from({ length: 20 }, (_, index) => String(index)),
    );
  });

  it('fail after a day, and are forgotten after another', async () => {
    const id = await left(({ tab }) => tab.crash());
    browser.time += DAY_MS + 1;
    const next = await readyTab(browser);
    await browser.pass(1000);
    expect(next.tab.socket.sent).toEqual([]);
    expect(pending(next.rally)).toEqual(['left expired']);
    next.rally.outbox.retry(id);
    expect(ids(next.tab.socket)).toEqual([id]);
    next.tab.crash();
    browser.time += 2 * DAY_MS + 1;
    await readyTab(browser);
    expect([...browser.stored.keys()].some((key) => key.startsWith('rally.outbox'))).toBe(false);
  });

  it('are never sent as somebody else', async () => {
    const id = await left(({ tab }) => tab.crash());
    const bob = await readyTab(browser, { username: 'Ann.Bob' });
    await browser.pass(1000);
    expect(bob.tab.socket.sent).toEqual([]);
    expect(pending(bob.rally)).toEqual([]);
    bob.tab.socket.end();
    const { outbox } = bob.rally;
    outbox.send(OTHER_CHAT, "Bob's");
    await browser.pass(2000);
    await admit(bob.tab.socket, { username: 'ann' });
    await browser.pass(1000);
    expect(ids(bob.tab.socket)).toEqual([id]);
    expect(pending(bob.rally, OTHER_CHAT)).toEqual([]);
    bob.tab.socket.end();
    await browser.pass(2000);
    await admit(bob.tab.socket, { username: 'Ann.Bob' });
    await browser.pass(1000);
    expect(sent(bob.tab.socket)).toEqual(["Bob's"]);
  });

  it("are the first user's when nobody has ever been welcomed", async () => {
    const { tab, rally } = newTab(browser);
    rally.outbox.send(CHAT, 'early');
    rally.start();
    await settled();
    await admit(tab.socket);
    expect(sent(tab.socket)).toEqual(['early']);
    expect([...browser.stored.keys()].filter((key) => key.startsWith('rally.outbox.ann.'))).toHaveLength(1);
    expect([...browser.stored.keys()].filter((key) => key.startsWith('rally.outbox..'))).toHaveLength(0);
  });

  it('that poison the connection are put aside, also by the next tab', async () => {
    const { tab, rally } = await readyTab(browser);
    rally.outbox.send(CHAT, 'poison');
    rally.outbox.send(CHAT, 'fine');
    tab.socket.end(3100);
    await settled();
    expect(pending(rally)).toEqual(['poison quarantined', 'fine waiting']);
    tab.crash();
    const next = await readyTab(browser);
    acknowledge(next.tab.socket);
    await browser.pass(30_000);
    expect(new Set(sent(next.tab.socket))).toEqual(new Set(['fine']));
    expect(pending(next.rally)).toEqual(['poison quarantined']);
  });

  it('are passed over when they are broken', async () => {
    browser.stored.set('rally.outbox.ann.00000000-0000-4000-8000-00000000000a', '{"tab":1}');
    browser.stored.set('rally.outbox.ann.00000000-0000-4000-8000-00000000000b', 'not JSON');
    const { tab } = await readyTab(browser);
    await browser.pass(1000);
    expect(tab.socket.sent).toEqual([]);
  });

  it('are in memory where the storage takes nothing', async () => {
    browser.isStorageBroken = true;
    const started = await readyTab(browser);
    started.tab.socket.end();
    started.rally.outbox.send(CHAT, 'one');
    await reconnect(started);
    expect(sent(started.tab.socket)).toEqual(['one']);
    expect(pending(started.rally)).toEqual([]);
    expect(browser.stored.size).toBe(0);
  });
});
