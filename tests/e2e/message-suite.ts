import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openChat, signUp } from '../support/api-client.ts';
import type { Deployment } from '../support/deployment.ts';
import { openTab, type Tab } from '../support/tab.ts';
import type { Extent } from './extent.ts';

const UUID = /^[0-9a-f-]{36}$/;
const ISO_DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Two people with two tabs each, spread over the gateways. */
export async function twoPeople(deployment: Deployment) {
  const [here, there = here] = deployment.addresses;
  const [ann, bob] = await Promise.all([signUp(here, 'Ann'), signUp(there, 'Bob')]);
  const chatId = await openChat(ann, bob);
  const [annTab, annOtherTab, bobTab, bobOtherTab] = await Promise.all([
    openTab(ann),
    openTab(ann, { address: there }),
    openTab(bob),
    openTab(bob, { address: here }),
  ]);
  const tabs = [annTab, annOtherTab, bobTab, bobOtherTab] as const;
  return { ann, bob, chatId, annTab, bobTab, tabs };
}

export const message = (chatId: string, content: string, id: string = randomUUID()) => ({
  chat_id: chatId,
  content,
  timestamp: '2026-01-02T03:04:05Z',
  id,
});

export const pushOf = (tab: Tab, action: string, id: string) =>
  tab.frame((frame) => frame.action === action && frame.data.id === id);

export function describeMessages(deployment: () => Deployment, extent: Extent): void {
  describe('messages', () => {
    it('reach all tabs of both users, the sending one too, with everything a client needs', async () => {
      const { ann, chatId, annTab, tabs } = await twoPeople(deployment());
      const sent = message(chatId, '  hello, blanks kept  ');
      const ack = await annTab.ask('new_message', sent);
      expect(ack).toMatchObject({
        action: 'ack',
        data: { id: sent.id, position: expect.stringMatching(/^\d+$/) },
      });
      const pushes = await Promise.all(tabs.map((tab) => pushOf(tab, 'new_message', sent.id)));
      for (const push of pushes) {
        expect(push).toEqual({
          action: 'new_message',
          data: {
            ...sent,
            sender: ann.username,
            date: expect.stringMatching(ISO_DATE),
            is_read: false,
            is_liked: false,
          },
          cursor: expect.any(String),
        });
      }
      expect(new Set(pushes.map((push) => push.cursor)).size).toBe(1);
    });

    it('can be listed, newest first, by both', async () => {
      const { ann, bob, chatId, annTab, bobTab } = await twoPeople(deployment());
      const contents = ['one', 'two', 'three'];
      for (const content of contents) await annTab.ask('new_message', message(chatId, content));
      await bobTab.frame((frame) => frame.data.content === 'three');
      for (const [me, other] of [
        [ann, bob],
        [bob, ann],
      ] as const) {
        const { status, body } = await me.get(`/chats/${other.username.toUpperCase()}/messages/?limit=2`);
        expect(status).toBe(200);
        expect(body).toMatchObject({ count: 3, items: [{ content: 'three' }, { content: 'two' }] });
      }
      const { body } = await bob.get('/chats/');
      expect(body).toMatchObject({
        count: 1,
        items: [
          {
            chat_id: chatId,
            username: ann.username,
            unread_messages_count: 3,
            last_message: { content: 'three', sender: ann.username, is_read: false, read_at: null },
          },
        ],
      });
    });

    it('sent 50 times at once with one id are one message and 50 equal acks', async () => {
      const { ann, bob, chatId, tabs } = await twoPeople(deployment());
      const sent = message(chatId, 'once');
      const acks = await Promise.all(
        Array.from({ length: 50 }, (_, index) => (index % 2 ? tabs[0] : tabs[1]).ask('new_message', sent)),
      );
      expect(new Set(acks.map(({ action, data }) => JSON.stringify({ action, data }))).size).toBe(1);
      await tabs[0].ask('new_message', message(chatId, 'afterwards'));
      await Promise.all(tabs.map((tab) => tab.frame((frame) => frame.data.content === 'afterwards')));
      for (const tab of tabs) expect(tab.of('new_message').length).toBe(2);
      const { body } = await ann.get(`/chats/${bob.username}/messages`);
      expect(body).toMatchObject({ count: 2 });
    });

    it('are refused when the id was used for something else', async () => {
      const { ann, chatId, annTab, bobTab } = await twoPeople(deployment());
      const cleo = await signUp(deployment().addresses[0], 'Cleo');
      const otherChat = await openChat(ann, cleo);
      const sent = message(chatId, 'mine');
      await annTab.ask('new_message', sent);
      const refusals = await Promise.all([
        annTab.ask('new_message', { ...sent, content: 'other content' }),
        annTab.ask('new_message', { ...sent, chat_id: otherChat }),
        bobTab.ask('new_message', sent),
      ]);
      for (const refusal of refusals) {
        expect(refusal).toMatchObject({ action: 'error', data: { code: 'id_conflict', retryable: false } });
      }
    });

    it('are refused after a block by either side, but a resend of an older one is acked', async () => {
      const { ann, bob, chatId, annTab, bobTab } = await twoPeople(deployment());
      const before = message(chatId, 'before the block');
      const ack = await annTab.ask('new_message', before);
      expect(
        (await bob.post(`/users/${bob.username}/blocked_users`, { username: ann.username })).status,
      ).toBe(201);
      for (const tab of [annTab, bobTab]) {
        expect(await tab.ask('new_message', message(chatId, 'after'))).toMatchObject({
          data: { code: 'blocked' },
        });
      }
      expect((await annTab.ask('new_message', before)).data).toEqual(ack.data);
    });

    it('of one tab for one chat stay in order', async () => {
      const { chatId, annTab, bobTab } = await twoPeople(deployment());
      const contents = Array.from({ length: 40 }, (_, index) => `message ${index}`);
      const acks = contents.map((content) => annTab.ask('new_message', message(chatId, content)));
      await Promise.all(acks);
      await bobTab.frame((frame) => frame.data.content === contents.at(-1));
      expect(bobTab.of('new_message').map((frame) => frame.data.content)).toEqual(contents);
    });

    if (extent === 'one of each') return;

    it('get an id from the server when the client gives none, and an ack only when asked for', async () => {
      const { chatId, annTab, bobTab } = await twoPeople(deployment());
      annTab.send({ action: 'new_message', data: { chat_id: chatId, content: 'no id', timestamp: 't' } });
      const push = await bobTab.action('new_message');
      expect(push.data.id).toMatch(UUID);
      await pushOf(annTab, 'new_message', String(push.data.id));
      expect(annTab.of('ack')).toEqual([]);
    });

    it.each([
      ['content_empty', ' \n\t '],
      ['content_too_long', 'x'.repeat(257)],
      ['content_invalid', 'nul \u0000'],
      ['content_invalid', 'lone \ud800 surrogate'],
    ])('are refused as %s, and the socket stays open', async (code, content) => {
      const { chatId, annTab } = await twoPeople(deployment());
      expect(await annTab.ask('new_message', message(chatId, content))).toMatchObject({
        action: 'error',
        data: { code },
      });
      expect(await annTab.ask('new_message', message(chatId, 'x'.repeat(256)))).toMatchObject({
        action: 'ack',
      });
    });

    it('are refused in a chat that is unknown or not theirs', async () => {
      const { chatId, bobTab } = await twoPeople(deployment());
      const cleoTab = await openTab(await signUp(deployment().addresses[0], 'Cleo'));
      for (const refusal of [
        await cleoTab.ask('new_message', message(chatId, 'let me in')),
        await bobTab.ask('new_message', message(randomUUID(), 'anyone?')),
      ]) {
        expect(refusal).toMatchObject({ action: 'error', data: { code: 'chat_not_found' } });
      }
    });
  });
}
