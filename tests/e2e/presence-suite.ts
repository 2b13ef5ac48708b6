import { describe, expect, it } from 'vitest';
import { signUp, type User } from '../support/api-client.ts';
import type { LoggedDeployment } from '../support/logged-deployment.ts';
import { eventually } from '../support/patience.ts';
import { openTab } from '../support/tab.ts';
import type { Extent } from './extent.ts';
import { type Status, statusesOf, Watched } from './watched.ts';

/** A user who is silent goes offline soon: but not while a slow machine works off what others in the suite do. */
export const PRESENCE_SETTINGS = {
  INACTIVITY_LIMIT_S: '12',
  SWEEP_INTERVAL_S: '1',
  PING_INTERVAL_S: '1',
  // A tab that does not read is found soon, and one that makes much to read is let.
  SLOW_CONSUMER_BYTES: '65536',
  FRAME_LIMIT_PER_S: '100000',
};

/** More than what the sockets of a machine take up. */
const TOO_MUCH_TO_READ = 60_000;

type End = (end: () => void) => void;

/** Several times within a silence that counts, until the test is over. */
function keepOn(doing: () => Promise<unknown>, onTestFinished: End): void {
  const timer = setInterval(() => void doing().catch(() => {}), 500);
  onTestFinished(() => clearInterval(timer));
}

/** Who is online, whatever the deployment is made of, as long as it has these settings. */
export function describePresence(deployment: () => LoggedDeployment, extent: Extent): void {
  /** Somebody who is never silent. */
  async function enter(onTestFinished: End): Promise<Watched> {
    const one = await Watched.in(deployment());
    keepOn(() => one.stir(), onTestFinished);
    return one;
  }

  describe.concurrent('presence', () => {
    it('is from the first of several tabs, at any gateway, until some time after the last', async ({
      onTestFinished,
    }) => {
      const ann = await enter(onTestFinished);
      const here = await ann.open({ sessions: 1 });
      await ann.expectEverywhere('online');
      const there = await ann.open({ sessions: 2, gateway: 1 });
      await here.close();
      await ann.counts(1);
      await ann.expectEverywhere('online');
      await there.close();
      await ann.counts(0);
      await ann.expectEverywhere('offline');
      await ann.expectLife(['online', 'closed', 'offline']);
    });

    it('goes on while a page is loaded anew', async ({ onTestFinished }) => {
      const [ann, bob] = await Promise.all([enter(onTestFinished), enter(onTestFinished)]);
      const page = await ann.open({ sessions: 1 });
      const bobs = await bob.open({ sessions: 1 });
      await page.close();
      await ann.counts(0);
      await ann.open({ sessions: 1, gateway: 1 });
      await bobs.close();
      // Later than the other one, so that whatever may come of that has come before.
      await bob.expectEverywhere('offline');
      await ann.expectEverywhere('online');
      await ann.expectLife(['online', 'closed']);
    });

    it('ends at once with the last sign-in that has tabs', async ({ onTestFinished }) => {
      const ann = await enter(onTestFinished);
      const again = await ann.signInAgain();
      const tabs = [await ann.open({ sessions: 1 }), await ann.open({ sessions: 2, gateway: 1 })];
      const other = await ann.open({ sessions: 3, signIn: again });
      expect((await ann.user.delete('/logout')).status).toBe(204);
      for (const tab of tabs) expect((await tab.closed).code).toBe(3000);
      await ann.counts(1);
      await ann.expectEverywhere('online', { asOther: true });
      expect((await again.delete('/logout')).status).toBe(204);
      expect((await other.closed).code).toBe(3000);
      await ann.expectEverywhere('offline', { asOther: true });
      await ann.expectLife(['online', 'logout', 'offline']);
    });

    it('ends at once when a spent refresh token comes back', async ({ onTestFinished }) => {
      const ann = await enter(onTestFinished);
      const tab = await ann.open({ sessions: 1, gateway: 1 });
      await ann.expectEverywhere('online');
      const stolen = ann.user.cookies.get('refresh_token') ?? '';
      for (let renewal = 0; renewal < 2; renewal += 1)
        expect((await ann.user.post('/refresh')).status).toBe(204);
      ann.user.cookies.set('refresh_token', stolen);
      expect((await ann.user.post('/refresh')).status).toBe(401);
      expect((await tab.closed).code).toBe(3002);
      await ann.expectEverywhere('offline', { asOther: true });
      await ann.expectLife(['online', 'expired', 'offline']);
    });

    it('ends with a long silence, in which pings are nothing and tabs stay; the next deed makes all of them count', async ({
      onTestFinished,
    }) => {
      const [ann, bob] = await Promise.all([Watched.in(deployment()), Watched.in(deployment())]);
      const cid = await enter(onTestFinished);
      const anns = [await ann.open({ sessions: 1 }), await ann.open({ sessions: 2, gateway: 1 })];
      const bobs = await bob.open({ sessions: 1 });
      await cid.open({ sessions: 1 });
      keepOn(async () => [...anns, bobs].map(({ socket }) => socket.ping()), onTestFinished);
      await Promise.all([ann, bob].map((one) => one.expectEverywhere('offline', { asOther: true })));
      for (const one of [ann, bob]) {
        expect((await one.user.post('/refresh')).status).toBe(204);
        await one.say('are you there?');
      }
      for (const tab of [...anns, bobs]) await tab.action('new_message');

      await bobs.ask('read_message', { id: (await bobs.action('new_message')).data.id });
      keepOn(() => bob.stir(), onTestFinished);
      await bob.expectEverywhere('online');
      await ann.expectEverywhere('offline', { asOther: true });
      await ann.user.get('/self');
      keepOn(() => ann.stir(), onTestFinished);
      await ann.expectEverywhere('online');
      await ann.counts(2);
      await cid.expectLife(['online']);
      for (const one of [ann, bob]) await one.expectLife(['online', 'inactive', 'offline', 'online']);
    });

    if (extent === 'one of each') return;

    it('goes on by another tab when one that does not read is closed, or one that breaks the protocol', async ({
      onTestFinished,
    }) => {
      const ann = await enter(onTestFinished);
      await ann.open({ sessions: 1 });
      const slow = await ann.open({ sessions: 2, gateway: 1 });
      slow.socket.pause();
      for (let frame = 0; frame < TOO_MUCH_TO_READ; frame += 1)
        slow.send({ action: 'read_message', data: { id: ann.chatId } });
      await ann.counts(1);
      slow.socket.resume();
      expect((await slow.closed).code).toBe(3008);
      const bad = await ann.open({ sessions: 2 });
      bad.send('garbage');
      expect((await bad.closed).code).toBe(3100);
      await ann.counts(1);
      await ann.expectEverywhere('online');
      await ann.expectLife(['online', 'slow_consumer', 'bad_data']);
    });
  });

  if (extent === 'one of each') return;

  describe.concurrent('a tab that names whom it watches', () => {
    it('is told at once how each of them is, and from then on of these alone', async ({ onTestFinished }) => {
      const { addresses } = deployment();
      const [here, there = here] = addresses;
      const [ann, bob, cid, eve] = await Promise.all([
        signUp(here, 'Ann'),
        signUp(there, 'Bob'),
        signUp(here, 'Cid'),
        signUp(there, 'Eve'),
      ]);
      const everybody = await openTab(eve, { address: here });
      const hears = (of: User, status: Status) =>
        eventually(() => expect(statusesOf(everybody, of).at(-1)).toBe(status));
      await openTab(ann);
      await hears(ann, 'online');

      const tab = await openTab(eve, { address: here });
      const watch = (...usernames: string[]) => tab.ask('watch_presence', { usernames });
      const told = () => tab.presence.splice(0).map(({ data }) => `${data.status}: ${data.username}`);
      const nobody = ['no.such.user', '', ' ', '*', 'x'.repeat(1000), '\u0000', '%', `${ann.username}x`];
      expect(await watch(ann.username.toUpperCase(), ...nobody, bob.username, ann.username)).toEqual({
        action: 'ack',
        request_id: expect.any(String),
        data: { position: expect.stringMatching(/^\d+$/) },
      });
      await eventually(() => expect(statusesOf(tab, bob)).toEqual(['offline']));
      await eventually(() => expect(statusesOf(tab, ann)).toEqual(['online']));
      // Before, it may have heard of anybody.
      told();

      keepOn(() => cid.get('/self'), onTestFinished);
      await openTab(cid);
      await hears(cid, 'online');
      const bobs = await openTab(bob);
      await eventually(() => expect(tab.presence).not.toEqual([]));
      expect(told()).toEqual([`online: ${bob.username}`]);

      await watch(cid.username);
      await eventually(() => expect(tab.presence).not.toEqual([]));
      expect(told()).toEqual([`online: ${cid.username}`]);
      await bobs.close();
      await hears(bob, 'offline');
      expect(told()).toEqual([]);

      await watch();
      const tooMany = Array.from({ length: 501 }, (_, index) => `user${index}`);
      const cids = await cid.delete('/logout');
      expect(cids.status).toBe(204);
      await hears(cid, 'offline');
      expect(told()).toEqual([]);
      await watch(...tooMany.slice(2), cid.username);
      await eventually(() => expect(tab.presence).not.toEqual([]));
      expect(told()).toEqual([`offline: ${cid.username}`]);
      tab.send({ action: 'watch_presence', data: { usernames: tooMany } });
      expect((await tab.closed).code).toBe(3100);
    });
  });
}
