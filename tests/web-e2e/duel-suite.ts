import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { eventually } from '../support/patience.ts';
import { assertAccessible, type Person, type Stage } from './stage.ts';

/** How two people come to a game, and out of it. */
export function duelSuite(stage: () => Stage): void {
  const people = () => Promise.all([stage().person('Ann'), stage().person('Bob')]);

  it('is found, invited and accepted by keyboard alone, played, and ended for both', async () => {
    const [ann, bob] = await people();
    const [anns, bobs] = [await ann.openTab('/duel'), await bob.openTab('/duel')];
    await assertAccessible(anns);
    await anns.getByRole('combobox').focus();
    await anns.keyboard.type(bob.username);
    await anns.getByRole('option').first().waitFor();
    await anns.keyboard.press('ArrowDown');
    await anns.keyboard.press('Enter');
    const dialog = anns.getByRole('dialog', { name: 'Invite to play' });
    await dialog.getByLabel('Points to win').focus();
    await anns.keyboard.press('ArrowRight');
    await dialog.getByRole('radio', { name: 'Medium' }).focus();
    await anns.keyboard.press('ArrowRight');
    await dialog.getByRole('switch', { name: 'Ranked' }).focus();
    await anns.keyboard.press('Space');
    await assertAccessible(anns);
    await pressed(anns, 'Send the invitation');
    await anns.getByRole('heading', { name: `Waiting for ${bob.username} to answer` }).waitFor();
    await assertAccessible(anns);
    await bobs.getByText('First to 6').waitFor();
    for (const option of ['Fast', '3 min', 'Ranked']) await bobs.getByText(option, { exact: true }).waitFor();
    await assertAccessible(bobs);
    await pressed(bobs, 'Accept');
    for (const page of [anns, bobs]) await page.getByRole('heading', { name: 'Get ready!' }).waitFor();
    await anns.getByRole('heading', { name: `You play against ${bob.username}` }).waitFor();
    await bobs.getByRole('heading', { name: `You play against ${ann.username}` }).waitFor();
    await bobs.getByText('First to 6').waitFor();
    await assertAccessible(bobs);
    await pressed(bobs, 'End the game');
    await bobs
      .getByText(`Your game against ${plain(ann)} is over.`)
      .first()
      .waitFor();
    await anns
      .getByText(`Your game against ${plain(bob)} is over.`)
      .first()
      .waitFor();
    await assertAccessible(anns);
  });

  it('is invited from a profile, and declined in a toast, which goes in the other tab as well', async () => {
    const [ann, bob] = await people();
    const [one, other] = [await bob.openTab('/settings'), await bob.openTab('/settings')];
    const anns = await invited(ann, bob);
    await other.getByRole('button', { name: 'Decline' }).waitFor();
    await one.getByRole('button', { name: 'Decline' }).click();
    for (const page of [one, other])
      await eventually(async () =>
        expect(await page.getByRole('button', { name: 'Decline' }).count()).toBe(0),
      );
    await anns
      .getByText(`${plain(bob)} has declined your invitation.`)
      .first()
      .waitFor();
    await anns.getByRole('button', { name: 'Invite again' }).click();
    await anns.getByRole('button', { name: 'Send the invitation' }).click();
    await anns.getByRole('heading', { name: 'Waiting for' }).waitFor();
    await one.getByRole('button', { name: 'Accept' }).waitFor();
  });

  it('is cancelled, and leaves nothing to answer', async () => {
    const [ann, bob] = await people();
    const bobs = await bob.openTab('/duel');
    const anns = await invited(ann, bob);
    await bobs.getByRole('button', { name: 'Accept' }).waitFor();
    await anns.getByRole('button', { name: 'Cancel the invitation' }).click();
    await anns
      .getByText(`Your invitation to ${plain(bob)} was cancelled.`)
      .first()
      .waitFor();
    await eventually(async () => expect(await bobs.getByRole('button', { name: 'Accept' }).count()).toBe(0));
    await anns.getByRole('button', { name: 'Put it away' }).click();
    await eventually(() => hasFocus(anns, 'Duel'));
  });

  it('leads the inviter from another page to the game that starts', async () => {
    const [ann, bob] = await people();
    const bobs = await bob.openTab('/notifications');
    const anns = await invited(ann, bob);
    await anns.getByRole('link', { name: 'Tournaments' }).click();
    await bobs.getByRole('button', { name: 'Accept' }).click();
    await bobs.getByRole('heading', { name: `You play against ${ann.username}` }).waitFor();
    await anns.getByRole('link', { name: 'To the game' }).click();
    await anns.getByRole('heading', { name: `You play against ${bob.username}` }).waitFor();
    expect(await anns.getByRole('link', { name: 'To the game' }).count()).toBe(0);
  });

  it('says why an invitation cannot be sent', async () => {
    const [ann, bob] = await people();
    const cid = await stage().person('Cid');
    const other = await ann.openTab(`/users/${cid.username}`);
    await invited(ann, bob);
    await other.getByRole('button', { name: 'Invite to play' }).click();
    await other.getByRole('button', { name: 'Send the invitation' }).click();
    await other.getByRole('dialog').getByText('You have invited somebody already.').waitFor();
    await assertAccessible(other);
  });

  it('is the same after the page is loaded again, and in another tab', async () => {
    const [ann, bob] = await people();
    const anns = await invited(ann, bob);
    await anns.reload();
    await anns.getByRole('heading', { name: `Waiting for ${bob.username} to answer` }).waitFor();
    await anns.getByRole('button', { name: 'Cancel the invitation' }).click();
    await anns.getByText('Your invitation was cancelled.').first().waitFor();
    await invited(ann, bob);
    const bobs = await bob.openTab('/duel');
    await bobs.getByRole('button', { name: 'Accept' }).click();
    await bobs.getByRole('heading', { name: `You play against ${ann.username}` }).waitFor();
    const another = await bob.openTab('/duel');
    await another.getByRole('heading', { name: `You play against ${ann.username}` }).waitFor();
  });
}

/** The tab in which one has invited the other. */
async function invited(inviter: Person, invitee: Person): Promise<Page> {
  const page = await inviter.openTab(`/users/${invitee.username}`);
  await page.getByRole('button', { name: 'Invite to play' }).click();
  await page.getByRole('button', { name: 'Send the invitation' }).click();
  await page.getByRole('heading', { name: `Waiting for ${invitee.username} to answer` }).waitFor();
  return page;
}

/** By keyboard. */
async function pressed(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name }).focus();
  await page.keyboard.press('Enter');
}

/** As a name stands in a text without elements: isolated. */
const plain = ({ username }: Person): string => `\u2068${username}\u2069`;

async function hasFocus(page: Page, label: string): Promise<void> {
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(label);
}
