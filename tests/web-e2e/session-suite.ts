import { expect, it } from 'vitest';
import { freshName, PASSWORD } from '../support/api-client.ts';
import { eventually } from '../support/patience.ts';
import { Correspondent } from './correspondent.ts';
import { assertAccessible, type Stage } from './stage.ts';

declare global {
  interface Window {
    told: string[];
  }
}

/** How people come in and go, and what they choose for themselves. */
export function sessionSuite(stage: () => Stage): void {
  it('lets somebody sign up, log out and log in again', async () => {
    const page = await (await stage().visitor()).newPage();
    const username = freshName('Ann');
    await page.goto(stage().address);
    await page.getByRole('tab', { name: 'Sign up' }).click();
    await assertAccessible(page);
    await page.getByLabel('Username').fill(username);
    await page.getByLabel('Email').fill(`${username}@example.com`);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByRole('link', { name: 'You' }).click();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Username or email').fill(username.toUpperCase());
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('navigation').waitFor();
  });

  it('says beside each field what is wrong with it', async () => {
    const { username } = await stage().person('Taken');
    const page = await (await stage().visitor()).newPage();
    await page.goto(stage().address);
    await page.getByRole('tab', { name: 'Sign up' }).click();
    await page.getByLabel('Username').fill(username);
    await page.getByLabel('Email').fill('nothing');
    await page.getByLabel('Password').fill('short');
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByText('At least 8 characters, with a letter and a digit, and').waitFor();
    await page.getByText('This is no email address.').waitFor();
    await page.getByLabel('Email').fill(`${username}@example.com`);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByText('Somebody has this one already.').first().waitFor();
    await assertAccessible(page);
  });

  it('tells no more of a login than that it is wrong', async () => {
    const page = await (await stage().visitor()).newPage();
    await page.goto(stage().address);
    await page.getByLabel('Username or email').fill(freshName('Nobody'));
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('The username or password is wrong.').waitFor();
  });

  it('changes nickname, language and colours, which stay after a reload', async () => {
    const page = await (await stage().person('Ann')).openTab('/settings');
    await page.getByLabel('Nickname').fill('Annie');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    await page.getByRole('radio', { name: 'Dark' }).check();
    await assertAccessible(page);
    await page.getByRole('radio', { name: 'Français' }).check();
    await page.getByRole('heading', { name: 'Vous' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Vous' }).waitFor();
    expect(await page.getByLabel('Pseudo').inputValue()).toBe('Annie');
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('fr');
  });

  it('ends in every tab when somebody logs out in one', async () => {
    const ann = await stage().person('Ann');
    const [one, other] = [await ann.openTab('/settings'), await ann.openTab()];
    await one.getByRole('button', { name: 'Log out' }).click();
    for (const page of [one, other]) await page.getByLabel('Username or email').waitFor();
  });

  it('says that the network is away, and no more when it is back', async () => {
    const ann = await stage().person('Ann');
    const page = await ann.openTab();
    await ann.context.setOffline(true);
    await page.getByText('You are offline.').waitFor();
    await assertAccessible(page);
    await ann.context.setOffline(false);
    await eventually(async () => expect(await page.getByText('You are offline.').count()).toBe(0));
  });

  it('tells by the system while nobody looks, once however many tabs there are', async () => {
    const ann = await stage().person('Ann');
    await ann.context.addInitScript(() => {
      // Not of the empty page that a tab begins with.
      if (location.protocol === 'http:') localStorage.setItem('rally.preferences.notifications', 'yes');
      Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
      window.told = [];
      window.Notification = class extends EventTarget {
        static readonly permission = 'granted';
        constructor(_title: string, { body }: { body: string }) {
          super();
          window.told.push(body);
        }
      } as typeof Notification;
    });
    const tabs = [await ann.openTab(), await ann.openTab()];
    const bob = await Correspondent.of(stage(), ann);
    await bob.say('are you there?');
    for (const tab of tabs) await tab.getByText('are you there?').first().waitFor();
    await eventually(async () => {
      const told = await Promise.all(tabs.map((tab) => tab.evaluate(() => window.told)));
      expect(told.flat()).toEqual([expect.stringContaining('are you there?')]);
    });
  });

  it('says what is not there', async () => {
    const answer = await fetch(`${stage().address}/nothing/here`);
    expect(answer.status).toBe(404);
  });
}
