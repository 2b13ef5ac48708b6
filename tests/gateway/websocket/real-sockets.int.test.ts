import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../support/patience.ts';
import { Tab } from '../../support/tab.ts';
import { startRealGateway } from './real-gateway.ts';

describe('the gateway on real sockets', () => {
  async function start(configuration: Parameters<typeof startRealGateway>[0] = {}) {
    const real = await startRealGateway(configuration);
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
      await eventually(() => expect(other.of('new_message')).toHaveLength(sent));
    }
    slow.socket.resume();
    expect((await slow.closed).code).toBe(3008);
    expect(slow.of('new_message').length).toBeLessThan(150);
  });

  it('lets no more sockets of a user in than it may have, however they come and go', async () => {
    const { open, connect } = await start({ SOCKETS_PER_USER: 5 });
    const ends = Array.from({ length: 20 }, () => {
      const tab = connect();
      return Promise.race([tab.action('welcome').then(() => tab), tab.closed.then(({ code }) => code)]);
    });
    const outcomes = await Promise.all(ends);
    const tabs = outcomes.filter((outcome) => outcome instanceof Tab);
    expect(tabs).toHaveLength(5);
    expect(outcomes.filter((outcome) => outcome === 3030)).toHaveLength(15);

    const [closing, crashing, breaking, ...staying] = tabs;
    closing?.socket.close();
    crashing?.socket.terminate();
    breaking?.send('bad');
    expect((await breaking?.closed)?.code).toBe(3100);
    const opened: Tab[] = [];
    await eventually(async () => {
      opened.push(await open());
      expect(opened).toHaveLength(3);
    });
    expect((await connect().closed).code).toBe(3030);
    for (const tab of [...staying, ...opened])
      expect(await tab.ask('read_message', { id: randomUUID() })).toMatchObject({ action: 'ack' });
  });

  it('closes a tab that floods it with pings with 3029', async () => {
    const { open } = await start();
    const tab = await open();
    for (let sent = 0; sent <= 1000; sent += 1) tab.socket.ping();
    expect((await tab.closed).code).toBe(3029);
  });

  it('acks what is under way before it closes with 3001, whatever else was sent before', async () => {
    const { gateway, commands, open } = await start();
    commands.answersAtOnce = false;
    const tab = await open();
    const asked = tab.ask('read_message', { id: randomUUID() });
    await eventually(() => expect(commands.asked).toHaveLength(1));
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
    await eventually(() => expect(first.of('new_message')).toHaveLength(1));
    for (let index = 0; index < 1000; index += 1) feed.store('ann', `${index}${'x'.repeat(3000)}`);
    const back = await open(first.lastCursor);
    feed.push('ann', 'live');
    await eventually(() => expect(back.frames).toHaveLength(1002));
    expect(back.frames.at(-2)).toMatchObject({
      action: 'welcome',
      data: { recovered: true, replayed: 1000 },
    });
  });
});
