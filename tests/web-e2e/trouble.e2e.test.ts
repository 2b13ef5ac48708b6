import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { freePort } from '../../local-cluster/free-port.ts';
import { describeWithChromium } from '../support/chromium.ts';
import { type RunningStandalone, startStandalone } from '../support/embedded-deployment.ts';
import { eventually } from '../support/patience.ts';
import { prepareDataDirectory } from '../support/prepared-data-directory.ts';
import { Stage } from './stage.ts';

/** Short: that they are renewed is seen within a test. */
const ACCESS_TOKEN_TTL_S = 4;

const composer = (page: Page) => page.getByRole('textbox', { name: 'Message' });

describeWithChromium('the web client of a Rally that fails', () => {
  let home: string;
  let settings: Readonly<Record<string, string>>;
  let running: RunningStandalone;
  let stage: Stage;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'rally-web-'));
    const data = join(home, 'data');
    await prepareDataDirectory(data);
    settings = {
      DATA_DIR: data,
      PORT: String(await freePort()),
      ACCESS_TOKEN_TTL_S: String(ACCESS_TOKEN_TTL_S),
    };
    running = await startStandalone(settings);
    stage = await Stage.open(async () => ({
      addresses: [running.address],
      stop: async () => void (await running.rally.stop()),
    }));
  });
  afterEach(async () => {
    await stage.clear();
    stage.assertNoProblems();
  });
  afterAll(async () => {
    await stage?.close();
    await rm(home, { recursive: true, force: true });
  });

  it('keeps what is typed and what is sent, whatever happens to the server and the page', async () => {
    const [ann, bob] = [await stage.person('Ann'), await stage.person('Bob')];
    const [anns, bobs] = [
      await ann.openTab(`/chat/${bob.username}`),
      await bob.openTab(`/chat/${ann.username}`),
    ];
    await composer(anns).fill('before');
    await anns.keyboard.press('Enter');
    await bobs.getByText('before', { exact: true }).first().waitFor();
    await running.rally.kill();
    await composer(anns).fill('meanwhile');
    await anns.keyboard.press('Enter');
    await anns.getByText('meanwhile', { exact: true }).first().waitFor();
    await composer(anns).fill('half a thou');
    await anns.getByText('No connection to the server.').waitFor();
    running = await startStandalone(settings);
    await bobs.getByText('meanwhile', { exact: true }).first().waitFor();
    await eventually(async () => expect(await anns.getByText('No connection').count()).toBe(0));
    await anns.reload();
    await eventually(async () => expect(await composer(anns).inputValue()).toBe('half a thou'));
    const log = anns.getByRole('log');
    await log.getByText('meanwhile', { exact: true }).waitFor();
    expect(await log.getByText('meanwhile', { exact: true }).count()).toBe(1);
  });

  it('renews a session that runs out, without a word', async () => {
    const [ann, bob] = [await stage.person('Ann'), await stage.person('Bob')];
    const page = await ann.openTab(`/chat/${bob.username}`);
    const renewed = page.waitForResponse((answer) => answer.url().endsWith('/api/refresh'));
    expect((await renewed).status()).toBe(204);
    await composer(page).fill('still here');
    await page.keyboard.press('Enter');
    await page.getByRole('log').getByText('still here').waitFor();
  });

  it('asks to sign in again when a session has ended elsewhere', async () => {
    const ann = await stage.person('Ann');
    const page = await ann.openTab();
    await ann.context.clearCookies();
    await page.getByLabel('Username or email').waitFor();
  });
});
