import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, signUp, type User } from '../support/api-client.ts';
import type { Deployment } from '../support/deployment.ts';
import { startEmbedded } from '../support/embedded-deployment.ts';
import { type Link, openLink } from '../support/link.ts';
import { openTab, type Tab } from '../support/tab.ts';

/** Below what it imports from. */
const CACHE = 'node_modules/.cache';

const [, CLIENT = ''] = /```js\n(.*?)```/s.exec(readFileSync('docs/clients.md', 'utf8')) ?? [];

describe('the minimal client of docs/clients.md', () => {
  let deployment: Deployment;
  let link: Link;
  let folder: string;
  let client: ChildProcess;
  let ann: User;
  let bob: User;
  let tab: Tab;
  const printed: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    deployment = await startEmbedded();
    const [address] = deployment.addresses;
    link = await openLink({ host: '127.0.0.1', port: Number(new URL(address).port) });
    [ann, bob] = await Promise.all([signUp(address, 'Ann'), signUp(address, 'Bob')]);
    tab = await openTab(ann);
    mkdirSync(CACHE, { recursive: true });
    folder = mkdtempSync(join(CACHE, 'minimal-client-'));
    writeFileSync(join(folder, 'client.mjs'), CLIENT);
    const linked = `http://127.0.0.1:${link.port}`;
    client = spawn(process.execPath, [
      join(folder, 'client.mjs'),
      linked,
      bob.username,
      PASSWORD,
      ann.username,
    ]);
    if (client.stdout) createInterface(client.stdout).on('line', (line) => printed.push(line));
    client.stderr?.on('data', (text) => complaints.push(String(text)));
  });
  afterAll(async () => {
    client?.kill();
    if (folder) rmSync(folder, { recursive: true, force: true });
    await link?.close();
    await deployment?.stop();
  });

  const write = (line: string) => client.stdin?.write(`${line}\n`);
  const heard = () => tab.of('new_message').map(({ data }) => data.content);
  const say = async (content: string) => {
    const { chat_id } = tab.of('new_message')[0]?.data ?? {};
    await tab.ask('new_message', { chat_id, content, timestamp: '' });
  };

  it('has forty lines at most, imports not counted', () => {
    const code = CLIENT.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('import '));
    expect(code.length).toBeLessThanOrEqual(40);
    expect(code.length).toBeGreaterThan(0);
  });

  it('talks, and prints what is said', async () => {
    write('hello');
    await tab.action('new_message');
    await say('hi');
    await expect.poll(() => printed).toEqual([`${bob.username}: hello`, `${ann.username}: hi`]);
  });

  it('misses and doubles nothing when its connection breaks meanwhile', async () => {
    link.cut();
    write('are you there?');
    await say('one');
    await say('two');
    link.mend();
    await expect.poll(heard).toEqual(['hello', 'hi', 'one', 'two', 'are you there?']);
    await expect
      .poll(() => [...printed].sort())
      .toEqual(
        [
          `${bob.username}: hello`,
          `${ann.username}: hi`,
          `${ann.username}: one`,
          `${ann.username}: two`,
          `${bob.username}: are you there?`,
        ].sort(),
      );
    expect(complaints).toEqual([]);
  });
});
