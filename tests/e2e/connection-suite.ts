import { describe, expect, it } from 'vitest';
import { BAD_FRAMES } from '../gateway/websocket/bad-frames.ts';
import { ApiClient, signUp } from '../support/api-client.ts';
import type { Deployment } from '../support/deployment.ts';
import { connectTab, openTab } from '../support/tab.ts';
import type { Extent } from './extent.ts';
import { message, twoPeople } from './message-suite.ts';

export function describeConnections(deployment: () => Deployment, extent: Extent): void {
  const address = () => deployment().addresses[0];

  describe('connections', () => {
    it('are closed with 3000 by logout, at once, and the token no longer works', async () => {
      const ann = await signUp(address(), 'Ann');
      const token = ann.cookies.get('access_token') ?? '';
      const tab = await openTab(ann);
      expect((await ann.delete('/logout')).status).toBe(204);
      expect((await tab.closed).code).toBe(3000);
      const bearer = { authorization: `Bearer ${token}` };
      expect((await new ApiClient(address()).request('GET', '/self', undefined, bearer)).status).toBe(401);
    });

    if (extent === 'one of each') return;

    it('are closed with 3002 without a valid token, after the handshake', async () => {
      const stranger = new ApiClient(address());
      expect((await connectTab(stranger).closed).code).toBe(3002);
      const authorization = 'Bearer not.a.token';
      expect((await connectTab(stranger, { headers: { authorization } }).closed).code).toBe(3002);
    });

    it('are authenticated by cookie, by Authorization or by subprotocol', async () => {
      const ann = await signUp(address(), 'Ann');
      const token = ann.cookies.get('access_token') ?? '';
      const stranger = new ApiClient(address());
      for (const tab of [
        await openTab(ann),
        await openTab(ann, { path: '/ws/events/' }),
        await openTab(stranger, { headers: { authorization: `Bearer ${token}` } }),
        await openTab(stranger, { protocols: ['bearer', token] }),
      ]) {
        expect((await tab.action('welcome')).data.username).toBe(ann.username);
      }
    });

    it('are refused with HTTP 403 from a foreign origin', async () => {
      const ann = await signUp(address(), 'Ann');
      const tab = connectTab(ann, { headers: { origin: 'https://evil.example' } });
      await expect(tab.action('welcome')).rejects.toThrow('403');
    });

    it.each(['/ws', '/ws/other', '/ws/events/more'])(
      'to %s are accepted, then closed with 4000',
      async (path) => {
        expect((await connectTab(await signUp(address(), 'Ann'), { path }).closed).code).toBe(4000);
      },
    );

    it('that send more than 50 frames in a second are closed with 3029', async () => {
      const { annTab, chatId } = await twoPeople(deployment());
      for (let index = 0; index < 200; index += 1) {
        annTab.send({ action: 'like_message', data: { chat_id: chatId, id: chatId } });
      }
      expect((await annTab.closed).code).toBe(3029);
    });

    it('of one user beyond the twentieth at a gateway are closed with 3030, and the others go on', async () => {
      const ann = await signUp(address(), 'Ann');
      const tabs = await Promise.all(Array.from({ length: 20 }, () => openTab(ann)));
      for (const tab of [connectTab(ann), connectTab(ann)]) expect((await tab.closed).code).toBe(3030);
      expect((await connectTab(await signUp(address(), 'Bob')).action('welcome')).action).toBe('welcome');
      await tabs[0]?.close();
      expect((await openTab(ann)).frames).toHaveLength(1);
    });

    it('of one user that together send more than 250 frames in a second are closed with 3029', async () => {
      const { ann, bobTab, chatId } = await twoPeople(deployment());
      const tabs = await Promise.all(Array.from({ length: 10 }, () => openTab(ann)));
      for (let round = 0; round < 45; round += 1)
        for (const tab of tabs) tab.send({ action: 'like_message', data: { chat_id: chatId, id: chatId } });
      expect((await Promise.race(tabs.map(({ closed }) => closed))).code).toBe(3029);
      expect(await bobTab.ask('new_message', message(chatId, 'still here'))).toMatchObject({ action: 'ack' });
    });

    it('that break the protocol, each in its own way, are closed with 3100; another tab goes on', async () => {
      const { ann, bobTab, chatId } = await twoPeople(deployment());
      for (const [name, frame] of Object.entries(BAD_FRAMES)) {
        const tab = await openTab(ann);
        tab.socket.send(frame);
        expect({ name, code: (await tab.closed).code }).toEqual({ name, code: 3100 });
      }
      expect(await bobTab.ask('new_message', message(chatId, 'still here'))).toMatchObject({ action: 'ack' });
    });
  });
}
