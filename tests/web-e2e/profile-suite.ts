import { expect, it } from 'vitest';
import { eventually } from '../support/patience.ts';
import { assertAccessible, type Stage } from './stage.ts';

/** What people see of each other, and what they can do about each other. */
export function profileSuite(stage: () => Stage): void {
  it('tells of somebody, and leads to a chat with them', async () => {
    const [ann, bob] = await Promise.all([stage().person('Ann'), stage().person('Bob')]);
    await bob.openTab();
    const page = await ann.openTab(`/users/${bob.username.toLowerCase()}`);
    await page.getByRole('heading', { name: bob.username }).waitFor();
    await page.getByText('Online now').waitFor();
    await page.getByText('0 friends').waitFor();
    await assertAccessible(page);
    await page.getByRole('link', { name: 'Send message' }).click();
    await page.getByRole('textbox', { name: 'Message' }).waitFor();
  });

  it('adds and removes a friend, in every tab', async () => {
    const [ann, bob] = await Promise.all([stage().person('Ann'), stage().person('Bob')]);
    const path = `/users/${bob.username}`;
    const [one, other] = [await ann.openTab(path), await ann.openTab(path)];
    await one.getByRole('button', { name: 'Add friend' }).click();
    for (const page of [one, other]) await page.getByRole('button', { name: 'Remove friend' }).waitFor();
    await other.goto(`${ann.address}/users/${ann.username}`);
    await other.getByText('1 friend', { exact: true }).waitFor();
    await assertAccessible(other);
    await other.getByRole('button', { name: `Remove: ${bob.username}` }).focus();
    await other.keyboard.press('Enter');
    await other.getByText('You have not added anybody yet.').waitFor();
    await eventually(async () =>
      expect(await other.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Friends'),
    );
    await one.getByRole('button', { name: 'Add friend' }).waitFor();
  });

  it('blocks, as both sides see it, and lifts the block', async () => {
    const [ann, bob] = await Promise.all([stage().person('Ann'), stage().person('Bob')]);
    const anns = await ann.openTab(`/users/${bob.username}`);
    const bobs = await bob.openTab(`/users/${ann.username}`);
    await anns.getByRole('button', { name: 'Block' }).click();
    await assertAccessible(anns);
    await anns.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
    await anns.getByText('You have blocked them.').waitFor();
    expect(await anns.getByRole('button', { name: 'Invite to play' }).count()).toBe(0);
    await assertAccessible(anns);
    await bobs.getByText('There is nobody of this name.').waitFor();
    await anns.goto(`${ann.address}/users/${ann.username}`);
    await anns.getByRole('button', { name: `Unblock: ${bob.username}` }).click();
    await anns.getByText('You block nobody.').waitFor();
    await bobs.getByRole('button', { name: 'Invite to play' }).waitFor();
  });

  it('says when there is nobody', async () => {
    const page = await (await stage().person('Ann')).openTab('/users/Nobody-at-all');
    await page.getByText('There is nobody of this name.').waitFor();
  });
}
