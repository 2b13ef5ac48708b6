import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../local-cluster/free-port.ts';
import { openChat, signUp } from '../support/api-client.ts';
import { type RunningStandalone, startStandalone } from '../support/embedded-deployment.ts';
import { openTab, type Tab } from '../support/tab.ts';

describe('a standalone process that is asked to stop under load', () => {
  let home: string;
  let settings: Record<string, string>;
  let running: RunningStandalone;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'rally-stop-'));
    settings = { DATA_DIR: join(home, 'data'), PORT: String(await freePort()), FRAME_LIMIT_PER_S: '100000' };
    running = await startStandalone(settings);
  });

  afterAll(async () => {
    await running.rally.stop();
    await rm(home, { recursive: true, force: true });
  });

  it('closes tabs with 3001, exits 0 and keeps every acked message through the restart', async () => {
    const [ann, bob] = await Promise.all([signUp(running.address, 'Ann'), signUp(running.address, 'Bob')]);
    const chatId = await openChat(ann, bob);
    const [annTab, bobTab] = await Promise.all([openTab(ann), openTab(bob)]);
    const stop = keepSending(annTab, chatId, 50);
    await annTab.action('ack');
    expect(await running.rally.stop()).toBe(0);
    stop();
    expect((await annTab.closed).code).toBe(3001);
    expect((await bobTab.closed).code).toBe(3001);

    const acked = annTab.of('ack').map(({ data }) => data.id);
    expect(acked.length).toBeGreaterThan(0);
    running = await startStandalone(settings);
    const again = await openTab(bob, { cursor: bobTab.lastCursor });
    expect((await again.action('welcome')).data).toMatchObject({ recovered: true });
    const seen = [...bobTab.of('new_message'), ...again.of('new_message')].map(({ data }) => data.id);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(acked));
    const { body } = await ann.get(`/chats/${bob.username}/messages`);
    expect(body).toMatchObject({ count: seen.length });
  });
});

/** Keeps that many messages unanswered until told to stop. */
function keepSending(tab: Tab, chatId: string, unanswered: number): () => void {
  let sending = true;
  const send = () => {
    if (!sending || tab.socket.readyState !== tab.socket.OPEN) return;
    const data = { chat_id: chatId, id: randomUUID(), content: 'under load', timestamp: 't' };
    tab.ask('new_message', data).then(send, () => {});
  };
  for (let count = 0; count < unanswered; count += 1) send();
  return () => {
    sending = false;
  };
}
