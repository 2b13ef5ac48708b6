import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openChat, PASSWORD, signUp, type User } from '../support/api-client.ts';
import { startStandalone } from '../support/embedded-deployment.ts';
import { listedMessages } from '../support/listed-messages.ts';
import { until } from '../support/patience.ts';
import { PersistentSender } from '../support/persistent-sender.ts';
import { prepareDataDirectory } from '../support/prepared-data-directory.ts';
import { openTab } from '../support/tab.ts';
import { runRallyCommand } from './rally-command.ts';

/** Acked before the backup begins, and again while it is taken. */
const SOME = 60;

it('a backup of a Rally that works has all that was acked before it began, and becomes a Rally again', async () => {
  const home = await mkdtemp(join(tmpdir(), 'rally-backup-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const [DATA_DIR, restoredInto] = [join(home, 'data'), join(home, 'restored')];
  const [live, resting] = [join(home, 'live'), join(home, 'resting')];
  await prepareDataDirectory(DATA_DIR);
  const first = await startStandalone({ DATA_DIR });
  const [ann, bob] = [await signUp(first.address, 'Ann'), await signUp(first.address, 'Bob')];
  const chat_id = await openChat(ann, bob);
  const { lastCursor } = await openTab(bob);

  const sender = new PersistentSender(ann, { window: 8, gateway: async () => first.address });
  let wanted = true;
  function* messages() {
    while (wanted) yield { chat_id, id: randomUUID(), content: 'said', timestamp: 't' };
  }
  const sending = sender.send(messages());
  await until(() => sender.acked.size >= SOME);
  const ackedBefore = [...sender.acked.keys()];
  const taken = await runRallyCommand({ DATA_DIR }, '--json', 'backup', live);
  expect(taken).toMatchObject({ code: 0 });
  const { log } = taken.json() as { log: { position: string } };
  await until(() => sender.acked.size >= ackedBefore.length + SOME);
  wanted = false;
  await sending;
  expect(await first.rally.stop()).toBe(0);

  expect(await runRallyCommand({ DATA_DIR }, 'backup', resting)).toMatchObject({ code: 0 });
  for (const backup of [live, resting])
    expect(await runRallyCommand({}, 'backup', 'verify', backup)).toMatchObject({ code: 0 });
  expect(await runRallyCommand({ DATA_DIR }, 'restore', live)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^rally: .*data is there already: name another one\n$/),
  });
  expect(await runRallyCommand({ DATA_DIR: restoredInto }, 'restore', live)).toMatchObject({ code: 0 });
  expect((await readdir(home)).sort()).toEqual(['data', 'live', 'resting', 'restored']);

  const second = await startStandalone({ DATA_DIR: restoredInto });
  const moved = (user: User) => Object.assign(user, { address: second.address });
  for (const user of [moved(ann), moved(bob)])
    expect((await user.post('/login', { username: user.username, password: PASSWORD })).status).toBe(200);
  // Places from the log's earlier life are void.
  for (const user of [ann, bob]) {
    const tab = await openTab(user, { cursor: lastCursor });
    expect((await tab.action('welcome')).data).toMatchObject({ recovered: false });
  }
  const there = new Set(await listedMessages(ann, bob));
  expect(ackedBefore.filter((id) => !there.has(id))).toEqual([]);
  const upToIt = [...sender.acked].filter(([, position]) => BigInt(position) <= BigInt(log.position));
  expect(upToIt.filter(([id]) => !there.has(id))).toEqual([]);
  expect(upToIt.length).toBeLessThan(sender.acked.size);

  // What is sent again is not doubled.
  const again = new PersistentSender(ann, { window: 8, gateway: async () => second.address });
  await again.send([...sender.acked.keys()].map((id) => ({ chat_id, id, content: 'said', timestamp: 't' })));
  const listed = await listedMessages(ann, bob);
  expect(listed.sort()).toEqual([...sender.acked.keys()].sort());
  expect(await second.rally.stop()).toBe(0);
});
