import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../local-cluster/free-port.ts';
import { openChat, PASSWORD, signUp } from '../support/api-client.ts';
import { startStandalone } from '../support/embedded-deployment.ts';
import { type HeldReadModels, holdReadModels } from '../support/held-read-models.ts';
import { printed, type RallyProcess, spawnRally } from '../support/rally-process.ts';
import { openTab } from '../support/tab.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

describe('a standalone process whose read models are empty', () => {
  let database: TestDatabase;
  let held: HeldReadModels | undefined;
  let rally: RallyProcess | undefined;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await held?.release();
    await rally?.stop();
    await database.drop();
  });

  const settings = () => ({ DATABASE_URL: database.url, JWT_SECRET: 's'.repeat(32) });

  it('opens its door when they are filled, tells of it until then, and can be stopped', async () => {
    const first = await startStandalone(settings());
    const [ann, bob] = [await signUp(first.address, 'Ann'), await signUp(first.address, 'Bob')];
    const tab = await openTab(ann);
    const data = { chat_id: await openChat(ann, bob), content: 'long ago', timestamp: 't' };
    expect(await tab.ask('new_message', data)).toMatchObject({ action: 'ack' });
    expect(await first.rally.stop()).toBe(0);

    held = await holdReadModels(database.url);
    const port = await freePort();
    const start = () =>
      spawnRally('standalone/main.js', { ...settings(), PORT: String(port), OPS_PORT: '0' });
    const stopped = start();
    rally = stopped;
    await printed(stopped, /^Filling the read models: 0 events read so far$/);
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
    expect(await stopped.stop()).toBe(0);
    expect(stopped.output()).not.toContain('ready');

    const second = start();
    rally = second;
    await printed(second, /^Filling/);
    await held.release();
    await printed(second, /^Rally is ready/);
    const again = Object.assign(bob, { address: `http://127.0.0.1:${port}` });
    expect((await again.post('/login', { username: bob.username, password: PASSWORD })).status).toBe(200);
    const { body } = await again.get(`/chats/${ann.username}/messages`);
    expect(body).toMatchObject({ count: 1, items: [{ content: 'long ago' }] });
  });
});
