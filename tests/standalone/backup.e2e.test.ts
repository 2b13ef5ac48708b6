import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { openChat, PASSWORD, signUp } from '../support/api-client.ts';
import { startStandalone } from '../support/embedded-deployment.ts';
import { prepareDataDirectory } from '../support/prepared-data-directory.ts';
import { openTab } from '../support/tab.ts';
import { isRunning, postmasterPid } from './postmaster.ts';

/** As the guide has them: to back up, and to restore. */
const GUIDE = readFileSync('docs/operations/deploy.md', 'utf8');
const section = GUIDE.split('\n### All in one process, as files\n')[1]?.split('\n## ')[0] ?? '';
const [backUp = '', restore = ''] = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block);

it('what was backed up as the guide says is there again, and stays apart from its origin', async () => {
  const home = await mkdtemp(join(tmpdir(), 'rally-backup-'));
  const DATA_DIR = join(home, '.data');
  const shell = (commands: string) => promisify(execFile)('sh', ['-ec', commands], { cwd: home });

  await prepareDataDirectory(DATA_DIR);
  const first = await startStandalone({ DATA_DIR });
  const [ann, bob] = [await signUp(first.address, 'Ann'), await signUp(first.address, 'Bob')];
  const tab = await openTab(ann);
  const chat_id = await openChat(ann, bob);
  const say = (content: string) => tab.ask('new_message', { chat_id, content, timestamp: 't' });
  expect(await say('before')).toMatchObject({ action: 'ack' });
  expect(await first.rally.stop()).toBe(0);
  expect(backUp).toContain('tar ');
  await shell(backUp);

  await rename(DATA_DIR, join(home, 'lost'));
  expect(restore).toContain('tar ');
  await shell(restore);
  expect(await readdir(DATA_DIR)).toContain('rally.json');
  const restored = await startStandalone({ DATA_DIR });
  const again = Object.assign(bob, { address: restored.address });
  expect((await again.post('/login', { username: bob.username, password: PASSWORD })).status).toBe(200);
  const page = await again.get(`/chats/${ann.username}/messages`);
  expect(page.body).toMatchObject({ count: 1, items: [{ content: 'before' }] });

  // Both are named alike, and neither takes the other's PostgreSQL for one that it has left behind.
  const origin = await startStandalone({ DATA_DIR: join(home, 'lost') });
  expect(await isRunning(await postmasterPid(DATA_DIR))).toBe(true);
  expect((await again.get('/self')).status).toBe(200);
  expect(await origin.rally.stop()).toBe(0);
  expect(await restored.rally.stop()).toBe(0);
  await rm(home, { recursive: true, force: true });
});
