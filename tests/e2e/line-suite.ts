import { describe, expect, it } from 'vitest';
import { openChat, signUp } from '../support/api-client.ts';
import type { Deployment } from '../support/deployment.ts';
import { type Frame, openTab, type Tab } from '../support/tab.ts';
import type { Extent } from './extent.ts';
import { message, pushOf, twoPeople } from './message-suite.ts';

/** As many as a tab may have waiting, and more than go together. */
const MANY = 240;
const CHATS = 3;

const several = (chatId: string, count: number) =>
  Array.from({ length: count }, (_, index) => message(chatId, `message ${index}`));

/** All at once, without waiting for an answer. */
const sayAll = (tab: Tab, messages: readonly ReturnType<typeof message>[]) =>
  Promise.all(messages.map((each) => tab.ask('new_message', each)));

export const positionsOf = (answers: readonly Frame[]) =>
  answers.filter(({ action }) => action === 'ack').map(({ data }) => BigInt(String(data.position)));

export function expectInOrder(positions: readonly bigint[]): void {
  expect(positions).toEqual([...positions].sort((a, b) => (a < b ? -1 : 1)));
}

const contentsOf = (tab: Tab, chatId: string) =>
  tab
    .of('new_message')
    .filter(({ data }) => data.chat_id === chatId)
    .map(({ data }) => data.content);

/** What holds for a tab that says much at once. It needs a deployment without a narrow `FRAME_LIMIT_PER_S`. */
export function describeLines(deployment: () => Deployment, extent: Extent): void {
  describe('what one tab says at once', () => {
    it('in several chats is stored, acked and pushed in order, as is what another tab says meanwhile', async () => {
      const [here, there = here] = deployment().addresses;
      const ann = await signUp(here, 'Ann');
      const others = await Promise.all(Array.from({ length: CHATS }, () => signUp(there, 'Bob')));
      const chats = await Promise.all(others.map((other) => openChat(ann, other)));
      const tabs = await Promise.all([openTab(ann), openTab(ann, { address: there })]);
      const bobTabs = await Promise.all(others.map((other) => openTab(other)));
      const said = tabs.map(() =>
        Array.from({ length: MANY }, (_, index) => message(chats[index % CHATS] ?? '', `message ${index}`)),
      );
      const answers = await Promise.all(tabs.map((tab, index) => sayAll(tab, said[index] ?? [])));
      for (const [index, tab] of tabs.entries())
        for (const chatId of chats) {
          const inChat = (said[index] ?? []).filter((each) => each.chat_id === chatId).map(({ id }) => id);
          const acks = (answers[index] ?? []).filter(({ data }) => inChat.includes(String(data.id)));
          expect(positionsOf(acks)).toHaveLength(MANY / CHATS);
          expectInOrder(positionsOf(acks));
          const told = tab.of('ack').map(({ data }) => String(data.id));
          expect(told.filter((id) => inChat.includes(id))).toEqual(inChat);
        }
      for (const [index, tab] of bobTabs.entries()) {
        const chatId = chats[index] ?? '';
        const ids = said.map((byTab) => byTab.filter((each) => each.chat_id === chatId).map(({ id }) => id));
        await Promise.all(ids.flat().map((id) => pushOf(tab, 'new_message', id)));
        const received = tab.of('new_message').map(({ data }) => String(data.id));
        for (const ofTab of ids) expect(received.filter((id) => ofTab.includes(id))).toEqual(ofTab);
      }
    });

    it('and once more after a block is refused, but for what was stored before', async () => {
      const { ann, bob, chatId, annTab } = await twoPeople(deployment());
      const said = several(chatId, 80);
      const before = await sayAll(annTab, said);
      await bob.post(`/users/${bob.username}/blocked_users`, { username: ann.username });
      const after = await sayAll(
        annTab,
        said.flatMap((each) => [each, message(chatId, 'not any more')]),
      );
      expect(after.filter((_, index) => index % 2 === 0).map(({ data }) => data)).toEqual(
        before.map(({ data }) => data),
      );
      for (const { data } of after.filter((_, index) => index % 2 === 1)) expect(data.code).toBe('blocked');
    });

    it('is there for the likes and reads between', async () => {
      const { chatId, annTab, bobTab } = await twoPeople(deployment());
      const fromBob = message(chatId, 'from Bob');
      await bobTab.ask('new_message', fromBob);
      const said = several(chatId, 40);
      const answers = said.flatMap((each, index) => {
        const sent = annTab.ask('new_message', each);
        if (index % 10 !== 9) return [sent];
        const action = index % 20 === 9 ? 'like_message' : 'unlike_message';
        return [
          sent,
          annTab.ask('like_message', { chat_id: chatId, id: each.id }),
          annTab.ask('read_message', { chat_id: chatId, id: each.id }),
          annTab.ask(action, { chat_id: chatId, id: fromBob.id }),
        ];
      });
      const told = await Promise.all(answers);
      const refusals = told.filter(({ action }) => action === 'error').map(({ data }) => data.code);
      expect(refusals).toEqual(Array(8).fill('own_message'));
      expect(positionsOf(told)).toHaveLength(44);
      expectInOrder(positionsOf(told));
      await annTab.ask('new_message', message(chatId, 'the end'));
      await bobTab.frame(({ data }) => data.content === 'the end');
      const likes = bobTab.of('like_message').map(({ data }) => data.is_liked);
      expect(likes).toEqual([true, false, true, false]);
    });

    if (extent === 'one of each') return;

    it('and is partly refused, is stored but for that', async () => {
      const { chatId, annTab, bobTab } = await twoPeople(deployment());
      const said = several(chatId, 90).map((each, index) =>
        index % 3 === 1 ? { ...each, content: ' ' } : each,
      );
      const answers = await sayAll(annTab, said);
      answers.forEach(({ action, data }, index) => {
        if (index % 3 === 1) expect([action, data.code]).toEqual(['error', 'content_empty']);
        else expect(action).toBe('ack');
      });
      expectInOrder(positionsOf(answers));
      await bobTab.frame(({ data }) => data.content === 'message 89');
      const kept = said.map(({ content }) => content).filter((content) => content !== ' ');
      expect(contentsOf(bobTab, chatId)).toEqual(kept);
    });

    it('may be as large as frames are', async () => {
      const { chatId, annTab } = await twoPeople(deployment());
      const said = several(chatId, 100).map((each) => ({ ...each, content: '\u0001x'.repeat(2300) }));
      for (const { data } of await sayAll(annTab, said)) expect(data.code).toBe('content_too_long');
      expect(await annTab.ask('new_message', message(chatId, 'hello'))).toMatchObject({ action: 'ack' });
    });
  });
}
