import { expect, it } from 'vitest';
import { eventually } from '../support/patience.ts';
import { assertAccessible, type Person, type Stage } from './stage.ts';

/** What people are told of, by toasts, at the bell and in the list. */
export function notificationSuite(stage: () => Stage): void {
  it('counts, tells and lists a new friend, and knows in every tab what was read', async () => {
    const [ann, bob] = await Promise.all([stage().person('Ann'), stage().person('Bob')]);
    const [one, other] = [await bob.openTab('/duel'), await bob.openTab('/duel')];
    const told = one.getByRole('region', { name: 'News' }).getByText(ann.username).waitFor();
    await befriended(ann, bob);
    await told;
    for (const page of [one, other]) await page.getByRole('button', { name: /1 unread/ }).waitFor();
    await one.getByRole('button', { name: /Notifications/ }).click();
    const panel = one.getByRole('dialog', { name: 'Notifications' });
    await panel.getByText('has added you as a friend.').waitFor();
    await assertAccessible(one);
    await panel.getByRole('link', { name: ann.username }).click();
    await one.getByRole('heading', { name: ann.username }).waitFor();
    await panel.waitFor({ state: 'hidden' });
    for (const page of [one, other])
      await page.getByRole('button', { name: 'Notifications', exact: true }).waitFor();
  });

  it('shows the unread ones alone, by keyboard, and marks all as read', async () => {
    const bob = await stage().person('Bob');
    const fans = await Promise.all(['Ann', 'Cid', 'Dan'].map((name) => stage().person(name)));
    for (const fan of fans) await befriended(fan, bob);
    const page = await bob.openTab('/notifications');
    const items = page.getByRole('tabpanel').getByRole('listitem');
    await eventually(async () => expect(await items.count()).toBe(3));
    await items.first().getByRole('button', { name: 'Mark as read' }).click();
    await page.getByRole('tab', { name: 'Unread (2)' }).waitFor();
    await page.getByRole('tab', { name: 'All' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('tab', { name: 'Unread (2)', selected: true }).waitFor();
    await eventually(async () => expect(await items.count()).toBe(2));
    await assertAccessible(page);
    await page.getByRole('button', { name: 'Mark all as read' }).click();
    await page.getByRole('tab', { name: 'Unread', exact: true }).waitFor();
    await page.keyboard.press('Home');
    await page.getByRole('tab', { name: 'All' }).click();
    await page.getByRole('tab', { name: 'Unread' }).click();
    await page.getByText('You have read everything.').waitFor();
  });

  it('goes on to older ones as one scrolls', async () => {
    const bob = await stage().person('Bob');
    for (let fans = 0; fans < 35; fans++) await befriended(await stage().person('Fan'), bob);
    const page = await bob.openTab('/notifications');
    const items = page.getByRole('tabpanel').getByRole('listitem');
    await eventually(async () => {
      await items.last().scrollIntoViewIfNeeded();
      expect(await items.count()).toBe(35);
    });
  });

  it('keeps an invitation that ends while somebody looks, and says how', async () => {
    const [ann, bob] = await Promise.all([stage().person('Ann'), stage().person('Bob')]);
    const anns = await ann.openTab(`/users/${bob.username}`);
    await anns.getByRole('button', { name: 'Invite to play' }).click();
    await anns.getByRole('button', { name: 'Send the invitation' }).click();
    const page = await bob.openTab('/notifications');
    const items = page.getByRole('tabpanel');
    await items.getByText('First to 5').waitFor();
    await anns.getByRole('button', { name: 'Cancel the invitation' }).click();
    await items.getByText('Cancelled').waitFor();
    expect(await items.getByRole('button').count()).toBe(0);
  });

  it('tells of a message of a chat that is not open, once for each chat, and leads there', async () => {
    const [ann, bob] = await Promise.all([stage().person('Ann'), stage().person('Bob')]);
    const page = await bob.openTab('/duel');
    const anns = await ann.openTab(`/chat/${bob.username}`);
    const news = page.getByRole('region', { name: 'News' });
    const link = news.getByRole('link', { name: ann.username });
    // It stays while somebody points at it.
    const pointed = link.hover();
    for (const text of ['one', '<b>two</b>']) {
      await anns.getByRole('textbox', { name: 'Message' }).fill(text);
      await anns.keyboard.press('Enter');
    }
    await pointed;
    await news.getByText('<b>two</b>').waitFor();
    expect(await news.getByRole('listitem').count()).toBe(1);
    await link.click();
    await page.getByRole('textbox', { name: 'Message' }).waitFor();
    await eventually(async () => expect(await news.getByRole('listitem').count()).toBe(0));
    await anns.getByRole('textbox', { name: 'Message' }).fill('three');
    await anns.keyboard.press('Enter');
    await page.getByText('three').first().waitFor();
    expect(await news.getByRole('listitem').count()).toBe(0);
  });
}

const befriended = (fan: Person, { username }: Person): Promise<void> =>
  fan.post(`/users/${fan.username}/friends`, { username });
