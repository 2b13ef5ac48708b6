import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeWithChromium } from '../support/chromium.ts';
import { startDistributed } from '../support/distributed-deployment.ts';
import { describeWithNats } from '../support/nats-server.ts';
import { eventually } from '../support/patience.ts';
import { Stage } from './stage.ts';

/** What each room does is tried in one process; here it is that it comes to people at other gateways. */
describeWithChromium('the web client of a Rally of many processes', () => {
  describeWithNats('over NATS', () => {
    let stage: Stage;
    beforeAll(async () => {
      stage = await Stage.open(() => startDistributed());
    });
    afterEach(async () => {
      await stage.clear();
      stage.assertNoProblems();
    });
    afterAll(() => stage.close());

    it('lets two people at two gateways, with two tabs each, meet, talk, like and play', async () => {
      const [ann, bob] = [await stage.person('Ann', 0), await stage.person('Bob', 1)];
      const [anns, annsOther] = [await ann.openTab(`/chat/${bob.username}`), await ann.openTab('/settings')];
      const [bobs, bobsOther] = [await bob.openTab(`/chat/${ann.username}`), await bob.openTab('/duel')];
      await anns.getByRole('textbox', { name: 'Message' }).fill('hello over there');
      await anns.keyboard.press('Enter');
      const said = bobs.getByRole('log').getByText('hello over there');
      await said.click();
      await bobs.getByRole('button', { name: 'Like', pressed: true }).waitFor();
      await anns
        .getByRole('log')
        .getByRole('img', { name: /likes this/ })
        .waitFor();
      await anns.getByRole('log').getByRole('img', { name: 'read', exact: true }).waitFor();
      await anns.getByRole('button', { name: 'Invite to play' }).click();
      await anns.getByRole('button', { name: 'Send the invitation' }).click();
      await bobsOther.getByRole('button', { name: 'Accept' }).click();
      for (const page of [anns, bobsOther])
        await page.getByRole('button', { name: 'End the game' }).waitFor();
      await annsOther.getByRole('link', { name: 'Duel', exact: true }).click();
      await annsOther.getByRole('button', { name: 'End the game' }).click();
      await eventually(async () => {
        for (const page of [anns, annsOther, bobsOther])
          expect(await page.getByRole('button', { name: 'End the game' }).count()).toBe(0);
      });
    });
  });
});
