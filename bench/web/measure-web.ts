import { randomUUID } from 'node:crypto';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { WebSocket } from 'ws';
import { createRally, type Rally } from '../../client/index.ts';
import { nodeEnvironment } from '../../client/node.ts';
import type { Cleanup } from '../processes/cleanup.ts';
import { forkEntry } from '../processes/fork-entry.ts';
import { temporaryDirectory } from '../processes/temporary-directory.ts';
import { currentCommit } from '../report/commit.ts';
import { describeMachine } from '../report/machine.ts';
import type { WebReport } from './web-tables.ts';

declare global {
  interface Window {
    poured: { readonly seen: Set<string>; readonly gaps: number[] };
  }
}

const HISTORY = 10_000;
const ROUNDS = 5;
const PER_S = 60;
const POURED = 600;
const ADDED = 2000;
/** Messages that are not acked yet, while a history is written. */
const UNDER_WAY = 200;
const PASSWORD = 'correct horse 7';
const MB = 1_000_000;

/** How often `onStep` is called. */
export const STEPS = 4;

/** Rejects when there is no Chromium, or anything does not come about. */
export async function measureWeb(cleanup: Cleanup, onStep: (step: string) => void): Promise<WebReport> {
  const date = new Date().toISOString();
  const startedAt = performance.now();
  const [commit, machine] = await Promise.all([currentCommit(), describeMachine()]);
  onStep(`two people write ${HISTORY.toLocaleString('en')} messages`);
  const address = await startRally(cleanup);
  const bob = await somebody(address, 'bob', cleanup);
  const browser = await openBrowser(cleanup);
  const context = await browser.newContext();
  await signUp(context, address);
  const { chat_id } = await bob.api.openChat('ann');
  await write(bob, chat_id, HISTORY, 'history');
  onStep('the chat is opened, cold');
  const firstMessageMs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) firstMessageMs.push(await coldLoad(context, address));
  onStep(`${PER_S} messages a second come`);
  const page = await openChat(context, address);
  // It opens where what is unread begins.
  await page.getByRole('button', { name: 'latest' }).click();
  const pouring = await pour(page, bob, chat_id);
  onStep(`${ADDED.toLocaleString('en')} more come`);
  const before = await heldBy(page);
  await write(bob, chat_id, ADDED, 'more');
  await page.getByText(`more ${ADDED}`, { exact: true }).first().waitFor();
  const after = await heldBy(page);
  return {
    date,
    commit,
    machine,
    durationS: (performance.now() - startedAt) / 1000,
    history: HISTORY,
    firstMessageMs,
    pouring,
    memory: {
      added: ADDED,
      beforeMB: before.bytes / MB,
      afterMB: after.bytes / MB,
      nodesBefore: before.nodes,
      nodesAfter: after.nodes,
    },
  };
}

async function startRally(cleanup: Cleanup): Promise<string> {
  const directory = await temporaryDirectory(cleanup);
  const environment = { DATA_DIR: directory, PORT: '0', OPS_PORT: '0', FRAME_LIMIT_PER_S: '100000' };
  return forkEntry({ entry: 'standalone/main.js', environment, cleanup }).printedAddress();
}

const account = (username: string) => ({
  username,
  email: `${username}@example.com`,
  password: PASSWORD,
  password_repeat: PASSWORD,
});

async function somebody(address: string, username: string, cleanup: Cleanup): Promise<Rally> {
  const rally = createRally({ url: address, environment: nodeEnvironment({ WebSocket }) });
  await rally.api.signUp(account(username));
  rally.start();
  cleanup.add(async () => rally.stop());
  await new Promise<void>((resolve) => void rally.live.onWelcome(() => resolve()));
  return rally;
}

async function openBrowser(cleanup: Cleanup): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  cleanup.add(() => browser.close());
  return browser;
}

async function signUp(context: BrowserContext, address: string): Promise<void> {
  const answer = await context.request.post(`${address}/api/signup`, { data: account('ann') });
  if (answer.status() !== 201) throw new Error(await answer.text());
}

async function write({ live }: Rally, chat_id: string, count: number, what: string): Promise<void> {
  const send = (number: number) =>
    live.request('new_message', { chat_id, id: randomUUID(), content: `${what} ${number}`, timestamp: '' });
  for (let sent = 0; sent < count; sent += UNDER_WAY)
    await Promise.all(Array.from({ length: UNDER_WAY }, (_, index) => send(sent + index + 1)));
}

async function openChat(context: BrowserContext, address: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${address}/chat/bob`);
  await page
    .getByText(/^(history|more|poured) \d+$/)
    .first()
    .waitFor();
  return page;
}

/** Until a message stands in the log, by the page's own clock, from when the browser began to go there. */
async function coldLoad(context: BrowserContext, address: string): Promise<number> {
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
  await page.goto(`${address}/chat/bob`, { waitUntil: 'commit' });
  const handle = await page.waitForFunction(
    () => (document.querySelector('[role=log]')?.textContent?.includes('history') ? performance.now() : null),
    undefined,
    { polling: 'raf' },
  );
  const ms = await handle.jsonValue();
  await page.close();
  return Number(ms);
}

async function pour(page: Page, bob: Rally, chat_id: string): Promise<WebReport['pouring']> {
  await page.evaluate(() => {
    const seen = new Set<string>();
    const log = document.querySelector('[role=log]');
    const look = () => {
      for (const [text] of (log?.textContent ?? '').matchAll(/poured \d+(?=\D)/g)) seen.add(text);
    };
    if (log) new MutationObserver(look).observe(log, { childList: true, subtree: true, characterData: true });
    const gaps: number[] = [];
    let last = performance.now();
    const frame = (now: number) => {
      gaps.push(now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    window.poured = { seen, gaps };
  });
  const startedAt = performance.now();
  const acks: Promise<unknown>[] = [];
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(POURED, Math.floor(((performance.now() - startedAt) * PER_S) / 1000));
      while (acks.length < due) {
        const content = `poured ${acks.length + 1}.`;
        acks.push(bob.live.request('new_message', { chat_id, id: randomUUID(), content, timestamp: '' }));
      }
      if (acks.length < POURED) return;
      clearInterval(timer);
      resolve();
    }, 5);
  });
  await Promise.all(acks);
  await page.getByText(`poured ${POURED}.`).first().waitFor();
  const seconds = (performance.now() - startedAt) / 1000;
  const [shown, frames, longestGapMs] = await page.evaluate(() => {
    const { seen, gaps } = window.poured;
    return [seen.size, gaps.length, Math.max(...gaps.slice(1))] as const;
  });
  return { perS: PER_S, sent: POURED, shown, framesPerS: frames / seconds, longestGapMs };
}

async function heldBy(page: Page): Promise<{ bytes: number; nodes: number }> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('HeapProfiler.collectGarbage');
  await devtools.send('Performance.enable');
  const { metrics } = await devtools.send('Performance.getMetrics');
  const metric = (wanted: string) => metrics.find(({ name }) => name === wanted)?.value ?? 0;
  return {
    bytes: metric('JSHeapUsedSize'),
    nodes: await page.evaluate(() => document.querySelectorAll('*').length),
  };
}
