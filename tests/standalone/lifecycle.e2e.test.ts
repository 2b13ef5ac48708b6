import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { childProcesses } from '../deployment/child-processes.ts';
import { openChat, PASSWORD, signUp } from '../support/api-client.ts';
import { type RunningStandalone, startStandalone } from '../support/embedded-deployment.ts';
import { eventually } from '../support/patience.ts';
import { prepareDataDirectory } from '../support/prepared-data-directory.ts';
import { printed, spawnRally } from '../support/rally-process.ts';
import { openTab } from '../support/tab.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { isRunning, postmasterPid } from './postmaster.ts';

/** The directory is only for the user who runs the tests: as root, another user cannot walk into it. */
describe('a standalone process', () => {
  let home: string;
  let dataDirectory: string;
  let running: RunningStandalone | undefined;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'rally-lifecycle-'));
    dataDirectory = join(home, 'data');
  });
  afterEach(async () => {
    await running?.rally.stop();
    await rm(home, { recursive: true, force: true });
  });

  const start = async (settings: Record<string, string> = {}) => {
    running = await startStandalone({ DATA_DIR: dataDirectory, ...settings });
    return running;
  };
  const startAgain = async (settings?: Record<string, string>) => {
    await prepareDataDirectory(dataDirectory);
    return start(settings);
  };

  it('takes the same signal twice at once for one', async () => {
    const { rally } = await startAgain();
    rally.child.kill('SIGTERM');
    rally.child.kill('SIGTERM');
    expect(await rally.exited).toBe(0);
  });

  it('ends with 0 when it is asked to while it is starting', async () => {
    const rally = spawnRally('standalone/main.js', { PORT: '0', OPS_PORT: '0', DATA_DIR: dataDirectory });
    await eventually(() => stat(join(dataDirectory, 'postgres.log')));
    rally.child.kill('SIGTERM');
    expect(await rally.exited).toBe(0);
    // On a busy machine it may have become ready before the signal arrived.
    expect(rally.output()).toMatch(/^(Rally is ready[\s\S]*)?$/);
    expect(await (await start()).rally.stop()).toBe(0);
  });

  it('ends with 0 when it is asked to while it is starting, however long that still takes', async () => {
    const silent = createServer(() => rally.child.kill('SIGTERM')).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const rally = spawnRally('standalone/main.js', {
      PORT: '0',
      OPS_PORT: '0',
      DATABASE_URL: `postgres://rally@127.0.0.1:${port}/rally`,
      JWT_SECRET: 's'.repeat(32),
      DRAIN_TIMEOUT_MS: '100',
      DRAIN_DELAY_MS: '60000',
    });
    expect(await rally.exited).toBe(0);
    expect(rally.output()).toBe('');
    silent.close();
  });

  it('tells where it is, where its data is, and how it is', async () => {
    const { rally } = await start();
    const ops = /health and metrics: (http:\S+)\/health/.exec(rally.output())?.[1];
    expect(rally.output()).toContain(`data in ${dataDirectory}`);
    await eventually(async () => expect((await fetch(`${ops}/health/ready`)).status).toBe(200));
    expect(await (await fetch(`${ops}/metrics`)).text()).toContain('process_cpu_seconds_total');
  });

  it.each(['stop', 'kill'] as const)('keeps accounts and history over %s and start', async (end) => {
    const first = await startAgain();
    const [ann, bob] = [await signUp(first.address, 'Ann'), await signUp(first.address, 'Bob')];
    const tab = await openTab(ann);
    const data = { chat_id: await openChat(ann, bob), content: 'still here?', timestamp: 't' };
    expect(await tab.ask('new_message', data)).toMatchObject({ action: 'ack' });
    await first.rally[end]();

    const { address } = await start();
    const again = Object.assign(bob, { address });
    expect((await again.post('/login', { username: bob.username, password: PASSWORD })).status).toBe(200);
    await eventually(async () => {
      const { body } = await again.get(`/chats/${ann.username}/messages`);
      expect(body).toMatchObject({ count: 1, items: [{ content: 'still here?' }] });
    });
  });

  it('uses the PostgreSQL of DATABASE_URL, and then keeps nothing in a directory', async () => {
    const database = await createTestDatabase();
    const { address, rally } = await start({ DATABASE_URL: database.url, JWT_SECRET: 's'.repeat(32) });
    expect((await (await signUp(address)).get('/self')).status).toBe(200);
    expect(await rally.stop()).toBe(0);
    await expect(stat(dataDirectory)).rejects.toThrow('ENOENT');
    await database.drop();
  });

  it('stops the PostgreSQL that one left behind when it was killed together with its guard', async () => {
    const first = await startAgain();
    const orphan = await postmasterPid(dataDirectory);
    const children = await childProcesses(first.rally.child.pid ?? 0);
    const [guard = 0] = [...children].find(([, line]) => line.endsWith(`TERM ${orphan}`)) ?? [];
    process.kill(guard, 'SIGKILL');
    await first.rally.kill();
    expect(await isRunning(orphan)).toBe(true);
    await start();
    expect(await isRunning(orphan)).toBe(false);
  });

  it('ends with 1 when its PostgreSQL does', async () => {
    const { rally } = await startAgain();
    process.kill(await postmasterPid(dataDirectory), 'SIGKILL');
    await printed(rally, /PostgreSQL has ended/);
    expect(await rally.exited).toBe(1);
    running = undefined;
  });

  it('logs neither contents nor secrets, however much it logs', async () => {
    const { address, rally } = await startAgain({ LOG_LEVEL: 'trace' });
    const [ann, bob] = [await signUp(address, 'Ann'), await signUp(address, 'Bob')];
    const chat_id = await openChat(ann, bob);
    const tab = await openTab(ann);
    await tab.ask('new_message', { chat_id, content: 'only for Bob', timestamp: 't' });
    await tab.ask('new_message', { chat_id, content: 'x'.repeat(300), timestamp: 't' });
    await ann.post('/login', { username: ann.username, password: 'wrong password 1' });
    await ann.post('/refresh');
    const token = ann.cookies.get('access_token') ?? '';
    expect(await rally.stop()).toBe(0);
    const { jwtSecret } = JSON.parse(await readFile(join(dataDirectory, 'rally.json'), 'utf8'));
    const log = rally.output() + (await readFile(join(dataDirectory, 'postgres.log'), 'utf8'));
    for (const secret of [
      'only for Bob',
      'xxxxxxxx',
      PASSWORD,
      'wrong password',
      token,
      jwtSecret,
      '@example',
    ]) {
      expect(log).not.toContain(secret);
    }
  });
});
