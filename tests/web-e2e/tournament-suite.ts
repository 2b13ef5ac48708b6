import { expect, it } from 'vitest';
import { eventually } from '../support/patience.ts';
import { assertAccessible, type Stage } from './stage.ts';

/** Tournaments from their announcement to their end. */
export function tournamentSuite(stage: () => Stage): void {
  it('is announced, told to everybody who is there, found, and closed for all', async () => {
    const [ann, bob] = await Promise.all([stage().person('Ann'), stage().person('Bob')]);
    const [anns, bobs] = [await ann.openTab('/tournaments'), await bob.openTab('/tournaments')];
    const name = `The <b>cup</b> of ${ann.username}`;
    await anns.getByRole('button', { name: 'Announce one' }).click();
    const dialog = anns.getByRole('dialog');
    await dialog.getByLabel('Name of the tournament').fill(name);
    await dialog.getByLabel('Your name in it').fill('\u2003');
    await dialog.getByRole('radio', { name: '8' }).check();
    await assertAccessible(anns);
    await dialog.getByRole('button', { name: 'Announce it' }).click();
    await dialog.getByText('Write something that can be seen.').waitFor();
    await dialog.getByLabel('Your name in it').fill('Annie');
    await dialog.getByRole('button', { name: 'Announce it' }).click();
    await anns.getByRole('heading', { name }).waitFor();
    await assertAccessible(anns);
    await bobs.getByRole('list', { name: 'Tournaments' }).getByRole('link', { name }).waitFor();
    await bobs.getByRole('button', { name: /Notifications/ }).click();
    const item = bobs.getByRole('dialog').getByRole('listitem').filter({ hasText: name });
    await item.getByRole('link', { name: 'Participate' }).click();
    await bobs.getByRole('heading', { level: 1, name }).waitFor();
    for (const fact of ['8 players', 'Annie', 'Open']) await bobs.getByText(fact).waitFor();
    await assertAccessible(bobs);
    await bobs.reload();
    await bobs.getByRole('link', { name: 'Send message' }).waitFor();
    await anns.getByRole('button', { name: 'Close the tournament' }).click();
    await anns.getByRole('dialog').getByRole('button', { name: 'Close the tournament' }).click();
    await bobs.getByText('Closed').waitFor();
    await eventually(async () =>
      expect(await anns.getByRole('button', { name: 'Close the tournament' }).count()).toBe(0),
    );
  });

  it('is one at a time for whoever announces it', async () => {
    const page = await (await stage().person('Ann')).openTab('/tournaments');
    for (const name of ['first', 'second']) {
      await page.getByRole('button', { name: 'Announce one' }).click();
      await page.getByLabel('Name of the tournament').fill(name);
      await page.getByLabel('Your name in it').fill('Annie');
      await page.getByRole('button', { name: 'Announce it' }).click();
      if (name === 'first') await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await page.getByText('You have an open tournament. Close it first.').waitFor();
    await assertAccessible(page);
  });
}
