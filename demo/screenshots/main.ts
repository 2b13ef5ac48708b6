import { mkdir } from 'node:fs/promises';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { end, messageOf, runningRally } from '../running-rally.ts';
import { type Scene, setScene } from './scene.ts';

/*
 * `make screenshots`, from the root of the repository: pictures of the web client of a Rally that runs, as the README shows them.
 */

const FOLDER = 'docs/screenshots';
const DESKTOP: BrowserContextOptions = { viewport: { width: 1100, height: 700 } };
const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 760 } };

interface Picture {
  readonly name: string;
  readonly path: string;
  readonly looks: BrowserContextOptions;
  /** What has to be on it. */
  readonly shows: (page: Page) => Promise<void>;
}

const picturesOf = ({ bob }: Scene): Picture[] => {
  const chat = `/chat/${bob}`;
  const messages = (page: Page) => page.getByRole('log').getByText('See you there').first().waitFor();
  const answer = (page: Page) => page.getByRole('button', { name: 'Accept' }).first().waitFor();
  return [
    { name: 'chat-light', path: chat, looks: { ...DESKTOP, colorScheme: 'light' }, shows: messages },
    { name: 'chat-dark', path: chat, looks: { ...DESKTOP, colorScheme: 'dark' }, shows: messages },
    { name: 'chat-phone', path: chat, looks: { ...PHONE, colorScheme: 'light' }, shows: messages },
    {
      name: 'notifications',
      path: '/notifications',
      looks: { ...DESKTOP, colorScheme: 'light' },
      shows: answer,
    },
    { name: 'duel-phone', path: '/duel', looks: { ...PHONE, colorScheme: 'dark' }, shows: answer },
  ];
};

async function take(address: string): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const scene = await setScene(address);
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  for (const { name, path, looks, shows } of picturesOf(scene)) {
    const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...looks });
    await context.addCookies(scene.cookies.map((cookie) => ({ ...cookie, url: address })));
    const page = await context.newPage();
    await page.goto(`${address}${path}`);
    await shows(page);
    await page.evaluate(() => document.fonts.ready);
    const file = `${FOLDER}/${name}.png`;
    await page.screenshot({ path: file });
    process.stdout.write(`${file}\n`);
    await context.close();
  }
  await browser.close();
  scene.leave();
}

const address = await runningRally('make screenshots');
await take(address).catch((error) => end(`No pictures: ${messageOf(error)}`));
