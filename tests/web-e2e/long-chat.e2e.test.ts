import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeWithChromium } from '../support/chromium.ts';
import { startEmbedded } from '../support/embedded-deployment.ts';
import { eventually } from '../support/patience.ts';
import { Correspondent } from './correspondent.ts';
import { Stage } from './stage.ts';

/** More than are ever drawn at once, on a screen as browsers have it here. */
const MOST_DRAWN = 60;

const numbered = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${name} ${index}`);
const log = (page: Page) => page.getByRole('log');
const message = (page: Page, text: string) => log(page).getByText(text, { exact: true });

/** What is drawn, from the top, and where it stands on the screen. */
const drawn = (page: Page) =>
  log(page).evaluate((scroller) => {
    const { top } = scroller.getBoundingClientRect();
    return [...scroller.querySelectorAll('.message-text')].map((text) => ({
      text: text.textContent,
      y: Math.round(text.getBoundingClientRect().y - top),
    }));
  });

const scroll = (page: Page, top: number) =>
  log(page).evaluate((scroller, to) => scroller.scrollTo(0, to), top);
const heightOfAll = (page: Page) => log(page).evaluate(({ scrollHeight }) => scrollHeight);

describeWithChromium('a chat with much in it', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open(() => startEmbedded({ FRAME_LIMIT_PER_S: '100000' }));
  });
  afterEach(async () => {
    await stage.clear();
    stage.assertNoProblems();
  });
  afterAll(() => stage.close());

  it('opens where the unread ones begin, and they are read as they are scrolled to', async () => {
    const ann = await stage.person('Ann');
    const bob = await Correspondent.of(stage, ann);
    await bob.say('old');
    const first = await ann.openTab(`/chat/${bob.username}`);
    await bob.tab.action('read_message');
    await first.close();
    const ids = await bob.sayAll(numbered('message', 100));
    const page = await ann.openTab(`/chat/${bob.username}`);
    const isRead = (id: string | undefined) =>
      bob.tab.frames.some(({ action, data }) => action === 'read_message' && data.id === id);
    await eventually(async () => {
      const texts = (await drawn(page)).filter(({ y }) => y >= 0).map(({ text }) => text);
      expect(texts[0]).toBe('message 0');
    });
    await log(page).getByText('New messages').waitFor();
    await bob.tab.frame(({ action, data }) => action === 'read_message' && ids.includes(String(data.id)));
    const read = bob.tab.of('read_message').map(({ data }) => ids.indexOf(String(data.id)));
    expect(Math.max(...read)).toBeLessThan(50);
    await log(page).press('End');
    await eventually(() => expect(isRead(ids.at(-1))).toBe(true));
  });

  it('loads older messages as they come near, and moves nothing that is read', async () => {
    const { page } = await readChat(200);
    for (let more = true; more; more = (await page.getByText('begins here').count()) === 0) {
      const before = await heightOfAll(page);
      await scroll(page, 40);
      await eventually(async () => {
        const now = await drawn(page);
        expect(now[0]?.y).toBeLessThan(100);
      });
      const [anchor] = (await drawn(page)).filter(({ y }) => y > 0);
      await eventually(async () => {
        if ((await page.getByText('begins here').count()) === 0)
          expect(await heightOfAll(page)).toBeGreaterThan(before);
      });
      const after = (await drawn(page)).find(({ text }) => text === anchor?.text);
      expect(Math.abs((after?.y ?? Number.NaN) - (anchor?.y ?? Number.NaN))).toBeLessThan(2);
      expect((await drawn(page)).length).toBeLessThan(MOST_DRAWN);
    }
  });

  it('goes to the message that an address names, and back to the latest', async () => {
    const { page, ann, bob, ids } = await readChat(200);
    await page.goto(`${ann.address}/chat/${bob.username}?m=${ids[10]}`);
    await log(page).locator('.is-found').getByText('message 10', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Jump to latest' }).click();
    await message(page, 'message 199').waitFor();
    await eventually(async () => expect(await page.getByRole('button', { name: 'Jump' }).count()).toBe(0));
  });

  it('stays where somebody reads when messages come, and leads to what they send', async () => {
    const { page, bob } = await readChat(100);
    await scroll(page, 1500);
    const jump = page.getByRole('button', { name: 'Jump to latest' });
    await jump.waitFor();
    const before = await drawn(page);
    await bob.say('from below');
    await jump.getByText('1', { exact: true }).waitFor();
    expect(await drawn(page)).toEqual(before);
    const field = page.getByRole('textbox', { name: 'Message to' });
    await field.fill('mine');
    await field.press('Enter');
    await message(page, 'mine').waitFor();
    await message(page, 'from below').waitFor();
    await eventually(async () => expect(await jump.count()).toBe(0));
  });

  it('shows each of very many that come at once, in order, and draws few of them', async () => {
    const { page, bob } = await readChat(1);
    const texts = numbered('flood', 600);
    await bob.sayAll(texts);
    await message(page, texts.at(-1) ?? '').waitFor();
    const seen = new Set<string>();
    while (!seen.has('message 0')) {
      const now = (await drawn(page)).map(({ text }) => text);
      expect(now.length).toBeLessThan(MOST_DRAWN);
      expect(now.filter((text) => text.startsWith('flood'))).toEqual(
        texts.slice(
          texts.indexOf(now.find((text) => text.startsWith('flood')) ?? ''),
          texts.indexOf(now.at(-1) ?? '') + 1,
        ),
      );
      for (const text of now) seen.add(text);
      await log(page).evaluate((scroller) => scroller.scrollBy(0, -300));
      await eventually(async () => {
        const first = (await drawn(page))[0]?.text;
        expect(first !== now[0] || first === 'message 0').toBe(true);
      });
    }
    expect(texts.filter((text) => !seen.has(text))).toEqual([]);
  });

  /** Ann has read so many of Bob's messages, and looks at the last ones. */
  async function readChat(count: number) {
    const ann = await stage.person('Ann');
    const bob = await Correspondent.of(stage, ann);
    const ids = await bob.sayAll(numbered('message', count));
    const page = await ann.openTab(`/chat/${bob.username}`);
    // It is open where the unread ones begin, and no longer on its way there.
    await bob.tab.frame(({ action, data }) => action === 'read_message' && ids.includes(String(data.id)));
    await log(page).press('End');
    await bob.tab.frame(({ action, data }) => action === 'read_message' && data.id === ids.at(-1));
    await page.reload();
    await message(page, `message ${count - 1}`).waitFor();
    return { ann, bob, ids, page };
  }
});
