import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../local-cluster/free-port.ts';
import { message, pushOf } from '../e2e/message-suite.ts';
import { type DoubleProcess, startDoubleProcess } from '../eventstoredb-double/double-process.ts';
import { openChat, signUp, type User } from '../support/api-client.ts';
import { type RunningStandalone, startStandalone } from '../support/embedded-deployment.ts';
import { listedMessages } from '../support/listed-messages.ts';
import { prepareDataDirectory } from '../support/prepared-data-directory.ts';
import { openTab } from '../support/tab.ts';

describe('a standalone process whose log is in an EventStoreDB, by its double', () => {
  let home: string;
  let double: DoubleProcess;
  let port: number;
  let running: RunningStandalone;
  const start = async () => {
    const log = { EVENT_STORE: 'eventstoredb', EVENTSTORE_URL: double.url };
    running = await startStandalone({ DATA_DIR: join(home, 'data'), PORT: String(port), ...log });
  };
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'rally-on-eventstoredb-'));
    double = await startDoubleProcess({ logFile: join(home, 'log') });
    await prepareDataDirectory(join(home, 'data'));
    port = await freePort();
    await start();
  });
  afterEach(async () => {
    await running?.rally.stop();
    await double?.kill();
    await rm(home, { recursive: true, force: true });
  });

  async function say(from: User, to: User, chatId: string): Promise<string> {
    const [tab, other] = [await openTab(from), await openTab(to)];
    const sent = message(chatId, 'hello');
    expect(await tab.ask('new_message', sent)).toMatchObject({ action: 'ack' });
    await pushOf(other, 'new_message', sent.id);
    return sent.id;
  }

  it('delivers, and goes on with the same log when it is started again', async () => {
    const [ann, bob] = [await signUp(running.address, 'Ann'), await signUp(running.address, 'Bob')];
    const chatId = await openChat(ann, bob);
    const first = await say(ann, bob, chatId);
    expect(await listedMessages(bob, ann)).toEqual([first]);
    await running.rally.stop();
    await start();
    const second = await say(bob, ann, chatId);
    expect(await listedMessages(ann, bob)).toEqual([second, first]);
  });
});
