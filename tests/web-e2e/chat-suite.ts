import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { eventually } from '../support/patience.ts';
import { Correspondent } from './correspondent.ts';
import { assertAccessible, type Stage } from './stage.ts';

const field = (page: Page) => page.getByRole('textbox', { name: 'Message to' });
const log = (page: Page) => page.getByRole('log');
/** Of the list of chats. */
const entry = (page: Page, { username }: { readonly username: string }) =>
  page.getByRole('list', { name: 'Chats' }).getByRole('link', { name: username });
const bubble = (page: Page, text: string) =>
  page.locator('.message').filter({ has: page.getByText(text, { exact: true }) });

/** Two people write to each other. */
export function chatSuite(stage: () => Stage): void {
  const annAndBob = async () => {
    const ann = await stage().person('Ann');
    return { ann, bob: await Correspondent.of(stage(), ann) };
  };

  it('finds somebody by keyboard, writes to them, and sees that it was read', async () => {
    const [ann, bob] = [await stage().person('Ann'), await stage().person('Bob')];
    const [anns, bobs] = [await ann.openTab(), await bob.openTab()];
    await anns.getByText('No chats yet').waitFor();
    await assertAccessible(anns);
    await anns.getByRole('combobox', { name: 'Find people' }).focus();
    await anns.keyboard.type(bob.username.slice(0, -2));
    await anns.getByRole('option', { name: bob.username }).waitFor();
    await assertAccessible(anns);
    await anns.keyboard.press('Enter');
    await anns.getByText('begins here').waitFor();
    await eventually(async () => expect(await field(anns).evaluate(isFocused)).toBe(true));
    await anns.keyboard.type('hello Bob');
    await anns.keyboard.press('Enter');
    await bubble(anns, 'hello Bob').getByRole('img', { name: 'sent', exact: true }).waitFor();
    await entry(bobs, ann).getByText('1 unread').waitFor();
    await entry(bobs, ann).click();
    await log(bobs).getByText('hello Bob').waitFor();
    await bubble(anns, 'hello Bob').getByRole('img', { name: 'read', exact: true }).waitFor();
    await eventually(async () => expect(await bobs.getByText('1 unread').count()).toBe(0));
    await field(bobs).pressSequentially('hm');
    await anns.getByText('typing…').waitFor();
    await field(bobs).fill('hello Ann');
    await bobs.getByRole('button', { name: 'Send' }).click();
    await log(anns).getByText('hello Ann').waitFor();
    await anns.getByRole('status').getByText(`${bob.username}: hello Ann`).waitFor();
    await assertAccessible(anns);
  });

  it('shows the same in all tabs of both', async () => {
    const { ann, bob } = await annAndBob();
    const [one, other] = [
      await ann.openTab(`/chat/${bob.username}`),
      await ann.openTab(`/chat/${bob.username}`),
    ];
    await field(one).fill('from the first tab');
    await field(one).press('Enter');
    await bubble(other, 'from the first tab').getByRole('img', { name: 'sent' }).waitFor();
    await bob.likes(await bob.hears('from the first tab'));
    for (const page of [one, other])
      await bubble(page, 'from the first tab').getByRole('img', { name: 'likes this' }).waitFor();
  });

  it('likes by a click on a message, and by its button, and takes it back', async () => {
    const { ann, bob } = await annAndBob();
    const id = await bob.say('like me');
    const page = await ann.openTab(`/chat/${bob.username}`);
    const likedAs = (isLiked: boolean) =>
      bob.tab.frame(
        ({ action, data }) => action === 'like_message' && data.id === id && data.is_liked === isLiked,
      );
    await log(page).getByText('like me').click();
    await likedAs(true);
    const button = page.getByRole('button', { name: 'Like: like me' });
    expect(await button.getAttribute('aria-pressed')).toBe('true');
    await button.focus();
    await page.keyboard.press('Space');
    await likedAs(false);
    await field(page).fill('mine');
    await field(page).press('Enter');
    await log(page).getByText('mine', { exact: true }).click();
    expect(await bubble(page, 'mine').getByRole('button').count()).toBe(0);
  });

  it('shows a message at once, and sends it once the network is back', async () => {
    const { ann, bob } = await annAndBob();
    const page = await ann.openTab(`/chat/${bob.username}`);
    await log(page).waitFor();
    await ann.context.setOffline(true);
    for (const text of ['one', 'two']) {
      await field(page).fill(text);
      await field(page).press('Enter');
      await bubble(page, text).getByRole('img', { name: 'being sent' }).waitFor();
    }
    await ann.context.setOffline(false);
    for (const text of ['one', 'two']) {
      await bubble(page, text).getByRole('img', { name: 'sent', exact: true }).waitFor();
      await bob.hears(text);
    }
    expect(await log(page).getByText('one', { exact: true }).count()).toBe(1);
  });

  it('keeps what was refused, says why, and sends it again or deletes it', async () => {
    const { ann, bob } = await annAndBob();
    const page = await ann.openTab(`/chat/${bob.username}`);
    await log(page).waitFor();
    await ann.context.setOffline(true);
    for (const text of ['to be sent again', 'to be deleted']) {
      await field(page).fill(text);
      await field(page).press('Enter');
    }
    await bob.blocks(ann);
    await ann.context.setOffline(false);
    await page.getByText('has blocked you. You cannot write').waitFor();
    expect(await field(page).count()).toBe(0);
    await eventually(async () => expect(await page.getByText('Not sent.').count()).toBe(2));
    await page.getByText('One of you has blocked the other.').first().waitFor();
    await assertAccessible(page);
    await bob.unblocks(ann);
    await field(page).waitFor();
    await page.getByRole('button', { name: 'Delete' }).last().focus();
    await page.keyboard.press('Enter');
    await eventually(async () => expect(await log(page).getByText('to be deleted').count()).toBe(0));
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('log');
    await page.getByRole('button', { name: 'Retry' }).click();
    await bob.hears('to be sent again');
    await bubble(page, 'to be sent again').getByRole('img', { name: 'sent', exact: true }).waitFor();
  });

  it('keeps what is being written, for each chat, until it is sent or somebody logs out', async () => {
    const { ann, bob } = await annAndBob();
    const carl = await Correspondent.of(stage(), ann, 'Carl');
    await carl.say('hi');
    await bob.say('hi');
    const page = await ann.openTab(`/chat/${bob.username}`);
    await field(page).fill('half a thought');
    await entry(page, carl).click();
    await page.getByRole('textbox', { name: `Message to ${carl.username}` }).waitFor();
    expect(await field(page).inputValue()).toBe('');
    await page.goto(`${ann.address}/chat/${bob.username}`);
    await eventually(async () => expect(await field(page).inputValue()).toBe('half a thought'));
    await field(page).press('Enter');
    await bob.hears('half a thought');
    await page.reload();
    await field(page).waitFor();
    expect(await field(page).inputValue()).toBe('');
    await field(page).fill('another');
    await page.getByRole('link', { name: 'You', exact: true }).click();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Username or email').waitFor();
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain('another');
  });

  it('tells what is too long instead of cutting it, and where lines break', async () => {
    const { ann, bob } = await annAndBob();
    const page = await ann.openTab(`/chat/${bob.username}`);
    await field(page).fill('x'.repeat(250));
    await page.getByText('6 left').waitFor();
    await field(page).fill('x'.repeat(260));
    await page.getByText('4 characters too many').waitFor();
    await assertAccessible(page);
    await field(page).press('Enter');
    expect((await field(page).inputValue()).length).toBe(260);
    await field(page).fill('one');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('two');
    await field(page).dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true });
    expect(await field(page).inputValue()).toBe('one\ntwo');
    await page.keyboard.press('Enter');
    await bob.hears('one\ntwo');
    expect(await field(page).inputValue()).toBe('');
  });

  it('blocks and unblocks somebody', async () => {
    const { ann, bob } = await annAndBob();
    await bob.say('hello');
    const page = await ann.openTab(`/chat/${bob.username}`);
    await page.getByRole('button', { name: 'More' }).focus();
    await page.keyboard.press('Enter');
    await assertAccessible(page);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: `Block ${bob.username}` });
    await assertAccessible(page);
    await dialog.getByRole('button', { name: 'Block', exact: true }).click();
    await page.getByText('You have blocked').waitFor();
    expect(await field(page).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Invite to play' }).count()).toBe(0);
    await entry(page, bob).getByText('Blocked').waitFor();
    await page.getByRole('button', { name: 'Unblock', exact: true }).click();
    await field(page).waitFor();
  });

  it('shows hostile texts as texts, and leads where links say', async () => {
    const { ann, bob } = await annAndBob();
    const texts = [
      '<b>bold</b> <img src=x onerror="document.title=1">',
      'see https://example.com/a?b=(c). And javascript:alert(1)',
      '\u202eesrever',
      '🎉'.repeat(128),
      'm'.repeat(256),
    ];
    await bob.sayAll(texts);
    const page = await ann.openTab(`/chat/${bob.username}`);
    await page.setViewportSize({ width: 320, height: 640 });
    await log(page)
      .getByText(texts[0] ?? '')
      .waitFor();
    const link = log(page).getByRole('link');
    expect(await link.getAttribute('href')).toBe('https://example.com/a?b=(c)');
    expect(await link.getAttribute('rel')).toBe('noopener nofollow ugc');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    expect(await log(page).evaluate((it) => it.scrollWidth - it.clientWidth)).toBe(0);
    await assertAccessible(page);
  });

  it('shows one pane where there is little room, and the way back', async () => {
    const { ann, bob } = await annAndBob();
    await bob.say('hello');
    const page = await ann.openTab();
    await page.setViewportSize({ width: 390, height: 844 });
    await entry(page, bob).click();
    await log(page).getByText('hello').waitFor();
    expect(await entry(page, bob).count()).toBe(0);
    await assertAccessible(page);
    await page.getByRole('button', { name: 'Back to the chats' }).click();
    await page.getByRole('combobox').waitFor();
    expect(await page.evaluate(() => document.activeElement?.tagName)).not.toBe('BODY');
  });

  it('divides what is new from what was read, as long as the chat is open', async () => {
    const { ann, bob } = await annAndBob();
    await bob.say('old');
    const page = await ann.openTab(`/chat/${bob.username}`);
    await bob.tab.action('read_message');
    await page.goto(`${ann.address}/settings`);
    await bob.say('new');
    await page.getByRole('navigation').getByRole('link', { name: 'Chats' }).click();
    await entry(page, bob).click();
    await log(page).getByText('New messages').waitFor();
    await bob.say('newer');
    await log(page).getByText('newer').waitFor();
    expect(await log(page).locator('li').allInnerTexts()).toMatchObject([
      expect.stringMatching(/old[\s\S]*New messages/),
      expect.not.stringContaining('New messages'),
      expect.not.stringContaining('New messages'),
    ]);
  });

  it('leads through everything by keyboard', async () => {
    const { ann, bob } = await annAndBob();
    const carl = await Correspondent.of(stage(), ann, 'Carl');
    const [first] = await bob.sayAll(['one', 'two', 'three']);
    await carl.say('hi');
    const page = await ann.openTab();
    await entry(page, carl).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await log(page).getByText('three').waitFor();
    await eventually(async () => expect(await field(page).evaluate(isFocused)).toBe(true));
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Space');
    await bob.tab.frame(({ action, data }) => action === 'like_message' && data.id === first);
    await page.keyboard.press('Shift+Tab');
    expect(await log(page).evaluate(isFocused)).toBe(true);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.type('by keyboard');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await bob.hears('by keyboard');
  });

  it('says that there is nobody of a name, and lets one try again', async () => {
    const ann = await stage().person('Ann');
    const page = await ann.openTab('/chat/nobody.at.all');
    await page.getByText('There is nobody of this name.').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('There is nobody of this name.').waitFor();
    await assertAccessible(page);
  });
}

const isFocused = (element: Element) => element === document.activeElement;
