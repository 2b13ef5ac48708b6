import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../local-cluster/free-port.ts';
import { openChat, signUp } from '../support/api-client.ts';
import { type RunningStandalone, startStandalone } from '../support/embedded-deployment.ts';
import { eventually } from '../support/patience.ts';
import { prepareDataDirectory } from '../support/prepared-data-directory.ts';
import { openTab } from '../support/tab.ts';

/** Enough to load the program, whose modules are read side by side. */
const OPEN_FILES = 512;
const CONNECTIONS = 700;

describe('a process that may open 512 files, and 700 connections that say nothing', () => {
  let home: string;
  let opsPort: number;
  let running: RunningStandalone;
  const silent: Socket[] = [];

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'rally-files-'));
    opsPort = await freePort();
    const settings = {
      DATA_DIR: join(home, 'data'),
      OPS_PORT: String(opsPort),
      REQUEST_TIMEOUT_S: '300',
      LOG_LEVEL: 'info',
    };
    await prepareDataDirectory(settings.DATA_DIR);
    running = await startStandalone(settings, { openFiles: OPEN_FILES });
  });

  afterAll(async () => {
    for (const socket of silent) socket.destroy();
    await running.rally.stop();
    await rm(home, { recursive: true, force: true });
  });

  const ops = async (path: string): Promise<Response> => fetch(`http://127.0.0.1:${opsPort}${path}`);

  it('refuses those beyond its limit, says so, and works on for those inside', async () => {
    const [ann, bob] = [await signUp(running.address, 'Ann'), await signUp(running.address, 'Bob')];
    const chatId = await openChat(ann, bob);
    const [annTab, bobTab] = [await openTab(ann), await openTab(bob)];
    let refused = 0;
    for (let count = 0; count < CONNECTIONS; count += 1) {
      const socket = connect({ port: Number(new URL(running.address).port), host: '127.0.0.1' });
      socket.on('error', () => {}).on('close', () => (refused += 1));
      silent.push(socket);
    }
    await eventually(() => expect(refused).toBeGreaterThanOrEqual(CONNECTIONS - (OPEN_FILES - 128)));

    const data = { chat_id: chatId, content: 'still here', timestamp: 't' };
    expect(await annTab.ask('new_message', data)).toMatchObject({ action: 'ack' });
    expect((await bobTab.action('new_message')).data).toMatchObject({ content: 'still here' });
    expect((await ops('/health/ready')).status).toBe(200);
    const counted = /^rally_public_connections_refused_total (\d+)$/m.exec(
      await (await ops('/metrics')).text(),
    )?.[1];
    expect(Number(counted)).toBeGreaterThanOrEqual(CONNECTIONS - (OPEN_FILES - 128));
    expect(running.rally.output()).toMatch(/"openFiles":512,"connections":384/);
    expect(running.rally.output().match(/connections refused/g)).toHaveLength(1);

    // Who has asked for nothing makes room for who does.
    await eventually(async () => expect((await ann.get('/self')).status).toBe(200), 200);
  });
});
