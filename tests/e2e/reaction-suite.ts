import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openChat, signUp } from '../support/api-client.ts';
import type { Deployment } from '../support/deployment.ts';
import type { Extent } from './extent.ts';
import { message, pushOf, twoPeople } from './message-suite.ts';

export function describeReactions(deployment: () => Deployment, extent: Extent): void {
  describe('likes', () => {
    it('reach all tabs of both, once, and can be taken back', async () => {
      const { ann, bob, chatId, annTab, bobTab, tabs } = await twoPeople(deployment());
      const { id } = (await annTab.ask('new_message', message(chatId, 'like me'))).data;
      const like = { chat_id: chatId, id };
      expect(await bobTab.ask('like_message', like)).toMatchObject({ action: 'ack' });
      expect(await bobTab.ask('like_message', like)).toMatchObject({ action: 'ack' });
      for (const tab of tabs) {
        expect((await pushOf(tab, 'like_message', String(id))).data).toEqual({ ...like, is_liked: true });
      }
      const page = await ann.get(`/chats/${bob.username}/messages`);
      expect(page.body).toMatchObject({ items: [{ id, is_liked: true }] });
      await bobTab.ask('unlike_message', like);
      await bobTab.ask('unlike_message', like);
      await annTab.ask('new_message', message(chatId, 'last'));
      for (const tab of tabs) {
        await tab.frame((frame) => frame.data.content === 'last');
        expect(tab.of('like_message').map((frame) => frame.data.is_liked)).toEqual([true, false]);
      }
    });

    if (extent === 'one of each') return;

    it('are refused for own messages, unknown ones and those of other chats', async () => {
      const { ann, chatId, annTab, bobTab } = await twoPeople(deployment());
      const cleo = await signUp(deployment().addresses[0], 'Cleo');
      const otherChat = await openChat(ann, cleo);
      const { id } = (await annTab.ask('new_message', message(chatId, 'mine'))).data;
      for (const action of ['like_message', 'unlike_message']) {
        const code = async (tab: typeof annTab, chat_id: string, messageId: unknown) =>
          (await tab.ask(action, { chat_id, id: messageId })).data.code;
        expect(await code(annTab, chatId, id)).toBe('own_message');
        expect(await code(bobTab, chatId, randomUUID())).toBe('message_not_found');
        expect(await code(annTab, otherChat, id)).toBe('message_not_found');
        expect(await code(bobTab, otherChat, id)).toBe('chat_not_found');
      }
    });
  });

  describe('reading', () => {
    it('marks a message and all earlier ones of the other side, and never goes back', async () => {
      const { ann, bob, chatId, annTab, bobTab, tabs } = await twoPeople(deployment());
      const ids: string[] = [];
      for (const content of ['one', 'two', 'three']) {
        ids.push(String((await annTab.ask('new_message', message(chatId, content))).data.id));
      }
      await bobTab.frame((frame) => frame.data.content === 'three');
      expect((await bob.get('/self')).body).toMatchObject({ unread_messages_count: 3 });

      await bobTab.ask('read_message', { id: ids[1] });
      for (const tab of tabs) {
        expect((await pushOf(tab, 'read_message', ids[1] ?? '')).data).toEqual({
          chat_id: chatId,
          id: ids[1],
          reader: bob.username,
          date: expect.any(String),
        });
      }
      expect((await bob.get('/self')).body).toMatchObject({ unread_messages_count: 1 });
      expect((await bob.get('/chats')).body).toMatchObject({ items: [{ unread_messages_count: 1 }] });
      expect((await ann.get(`/chats/${bob.username}/messages`)).body).toMatchObject({
        items: [
          { id: ids[2], is_read: false, read_at: null },
          { id: ids[1], is_read: true, read_at: expect.any(String) },
          { id: ids[0], is_read: true, read_at: expect.any(String) },
        ],
      });

      expect(await bobTab.ask('read_message', { id: ids[0], chat_id: chatId })).toMatchObject({
        action: 'ack',
      });
      await bobTab.ask('read_message', { id: ids[2] });
      await pushOf(annTab, 'read_message', ids[2] ?? '');
      expect(annTab.of('read_message').map((frame) => frame.data.id)).toEqual([ids[1], ids[2]]);
      expect((await bob.get('/self')).body).toMatchObject({ unread_messages_count: 0 });
    });

    if (extent === 'one of each') return;

    it('is refused for own messages, unknown ones, those of others and a wrong chat', async () => {
      const { ann, chatId, annTab, bobTab } = await twoPeople(deployment());
      const cleo = await signUp(deployment().addresses[0], 'Cleo');
      const otherChat = await openChat(ann, cleo);
      const { id } = (await annTab.ask('new_message', message(chatId, 'mine'))).data;
      const code = async (tab: typeof annTab, data: Record<string, unknown>) =>
        (await tab.ask('read_message', data)).data.code;
      expect(await code(annTab, { id })).toBe('own_message');
      expect(await code(bobTab, { id: randomUUID() })).toBe('message_not_found');
      expect(await code(bobTab, { id, chat_id: otherChat })).toBe('message_not_found');
      const foreign = (await annTab.ask('new_message', message(otherChat, 'for cleo'))).data.id;
      expect(await code(bobTab, { id: foreign })).toBe('message_not_found');
    });
  });
}
