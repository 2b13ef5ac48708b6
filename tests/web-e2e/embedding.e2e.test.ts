import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { freePort } from '../../local-cluster/free-port.ts';
import { describeWithChromium } from '../support/chromium.ts';
import { startEmbedded } from '../support/embedded-deployment.ts';
import { eventually } from '../support/patience.ts';
import { assertAccessible, Stage } from './stage.ts';

const hostPage = (rally: string) => `<!doctype html>
<html lang="fr">
<head>
<title>A game</title>
<style>
  button { display: none }
  rally-chat { height: 30rem; --rally-accent: rgb(10, 106, 95); --rally-on-accent: #fff }
</style>
<script type="module" src="${rally}/embed.js"></script>
</head>
<body>
<main>
<h1>A game</h1>
<rally-chat lang="en"></rally-chat>
<rally-notifications></rally-notifications>
<rally-duel></rally-duel>
</main>
</body>
</html>`;

describeWithChromium('elements of Rally in a page of another origin', () => {
  let host: Server;
  let origin: string;
  let stage: Stage;
  beforeAll(async () => {
    const [own, port] = [await freePort(), await freePort()];
    origin = `http://127.0.0.1:${own}`;
    const rally = `http://127.0.0.1:${port}`;
    host = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.setHeader('content-security-policy', `script-src ${rally}`);
      response.end(hostPage(rally));
    }).listen(own);
    stage = await Stage.open(() =>
      startEmbedded({ PORT: String(port), ALLOWED_ORIGINS: `${rally},${origin}` }),
    );
  });
  afterEach(async () => {
    await stage.clear();
    stage.assertNoProblems();
  });
  afterAll(async () => {
    host?.close();
    await stage?.close();
  });

  it('show where to sign in, to whoever is not', async () => {
    const page = await (await stage.visitor()).newPage();
    await page.goto(origin);
    await page.locator('rally-chat').getByRole('link', { name: 'Sign in' }).waitFor();
    await page.locator('rally-duel').getByRole('link', { name: 'Se connecter' }).waitFor();
  });

  it('are signed in with Rally itself, look as the host wants, and tell it what waits', async () => {
    const [ann, bob] = [await stage.person('Ann'), await stage.person('Bob')];
    const page = await ann.context.newPage();
    await page.addInitScript(() => {
      addEventListener('rally-unread', (event) => {
        if (event instanceof CustomEvent) document.title = `(${event.detail.messages}) A game`;
      });
    });
    await page.goto(origin);
    await page.locator('rally-chat').getByRole('heading', { name: 'Chats' }).waitFor();
    await assertAccessible(page);
    const bobs = await bob.openTab(`/chat/${ann.username}`);
    await bobs.getByRole('textbox', { name: 'Message' }).fill('hello from outside');
    await bobs.keyboard.press('Enter');
    await eventually(async () => expect(await page.title()).toBe('(1) A game'));
    await page.locator('rally-chat').getByText('hello from outside').first().click();
    await page.locator('rally-chat').getByRole('textbox', { name: 'Message' }).fill('and back');
    const send = page.locator('rally-chat').getByRole('button', { name: 'Send' });
    expect(await send.evaluate((button) => getComputedStyle(button).backgroundColor)).toBe(
      'rgb(10, 106, 95)',
    );
    await send.click();
    await bobs.getByText('and back').first().waitFor();
    expect(await page.locator('rally-chat').getAttribute('user')).toBe(bob.username);
  });
});
