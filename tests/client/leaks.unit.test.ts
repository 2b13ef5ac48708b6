import { expect, it } from 'vitest';
import { admit, FakeBrowser, json, settled } from './fake-environment.ts';
import { newTab } from './started-tab.ts';

const NOTHING = { timers: 0, listeners: 0, sockets: 0, locks: 0 };

/** What has happened to a client by the time it is stopped, in turn. */
const ENDS: readonly ((client: ReturnType<typeof newTab>) => unknown)[] = [
  () => undefined,
  ({ tab }) => admit(tab.socket),
  ({ tab }) => tab.socket.end(),
  ({ tab }) => tab.socket.end(3001),
  ({ tab }) => tab.socket.end(3030),
  ({ tab }) => tab.socket.end(3100),
  ({ tab }) => {
    tab.isOnline = false;
    return tab.wake('offline');
  },
  async ({ tab, rally }) => {
    await admit(tab.socket);
    rally.outbox.send('00000000-0000-4000-8000-0000000000c1', 'hello');
    rally.outbox.send('00000000-0000-4000-8000-0000000000c1', 'hello again');
    void rally.live.request('read_notification', { id: 'x' }).catch(() => {});
  },
  ({ tab }) => tab.socket.end(3002),
];

it('leaves no listener, timer, lock or socket after 1,000 starts and stops, whatever happened between', async () => {
  const client = newTab(new FakeBrowser());
  const { tab, rally, browser } = client;
  tab.answer = () => json(503, { msg: '', code: 'unavailable' });
  for (let index = 0; index < 1000; index += 1) {
    tab.isOnline = true;
    rally.start();
    await settled();
    await ENDS[index % ENDS.length]?.(client);
    rally.stop();
    await settled();
    expect(tab.leftovers()).toEqual(NOTHING);
    tab.sockets.length = 0;
    tab.requests.length = 0;
  }
  await browser.pass(24 * 60 * 60 * 1000);
  expect(tab.sockets).toEqual([]);
  expect(rally.live.connection.get()).toEqual({ phase: 'idle' });
});
