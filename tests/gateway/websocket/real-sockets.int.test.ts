import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { listenOnNodeWs } from '../../../gateway/public-server/node-ws/node-ws-server.ts';
import type { ListenPublicly } from '../../../gateway/public-server/public-server.ts';
import { loadUWebSockets } from '../../../gateway/public-server/uwebsockets/load-uwebsockets.ts';
import { listenOnUWebSockets } from '../../../gateway/public-server/uwebsockets/uwebsockets-server.ts';
import { startRealGateway } from './real-gateway.ts';

const library = loadUWebSockets();
const ADAPTERS: [string, ListenPublicly][] = [
  ['the ws package', listenOnNodeWs],
  ...(library ? [['uWebSockets', listenOnUWebSockets(library)] satisfies [string, ListenPublicly]] : []),
];

describe.each(ADAPTERS)('the gateway on %s', (_, listen) => {
  async function start() {
    const real = await startRealGateway(listen);
    onTestFinished(real.stop);
    return real;
  }

  it('closes a tab that does not read with 3008, and another of its user gets everything', async () => {
    const { feed, open } = await start();
    const [slow, other] = [await open(), await open()];
    slow.socket.pause();
    const label = 'x'.repeat(100_000);
    for (let sent = 5; sent <= 150; sent += 5) {
      feed.push('ann', label, label, label, label, label);
      await vi.waitFor(() => expect(other.of('new_message')).toHaveLength(sent), { interval: 5 });
    }
    slow.socket.resume();
    expect((await slow.closed).code).toBe(3008);
    expect(slow.of('new_message').length).toBeLessThan(150);
  });

  it('acks what is under way before it closes with 3001, whatever else was sent before', async () => {
    const { gateway, commands, open } = await start();
    commands.answersAtOnce = false;
    const tab = await open();
    const asked = tab.ask('read_message', { id: randomUUID() });
    await vi.waitFor(() => expect(commands.asked).toHaveLength(1));
    const drained = gateway.drain();
    commands.accept(0);
    await drained;
    expect(await asked).toMatchObject({ action: 'ack' });
    expect((await tab.closed).code).toBe(3001);
  });

  it('sends a replay of a thousand large events whole, then goes on live', async () => {
    const { feed, open } = await start();
    const first = await open();
    feed.push('ann', 'seen');
    await vi.waitFor(() => expect(first.of('new_message')).toHaveLength(1));
    for (let index = 0; index < 1000; index += 1) feed.store('ann', `${index}${'x'.repeat(3000)}`);
    const back = await open(first.lastCursor);
    feed.push('ann', 'live');
    await vi.waitFor(() => expect(back.frames).toHaveLength(1002));
    expect(back.frames.at(-2)).toMatchObject({
      action: 'welcome',
      data: { recovered: true, replayed: 1000 },
    });
  });
});
