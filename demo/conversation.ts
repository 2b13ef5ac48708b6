import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { heading, hop, remark } from './script-lines.ts';
import { act, isPush, type Stage } from './stage.ts';
import type { Tab } from './tab.ts';

/** The two talk, one of them is away for a while, and nothing is lost or doubled. */
export async function holdConversation(stage: Stage): Promise<void> {
  const { ada, bob, adaLaptop, adaPhone, bobLaptop, bobPhone, tabs } = stage;
  heading('Ada opens a chat with Bob');
  const opened = await ada.request('PUT', `/chats/${bob.username}`);
  const { chat_id: chatId } = z.object({ chat_id: z.string() }).parse(opened);
  remark(`chat ${chatId}`);

  heading('Ada opens two tabs, and asks on her laptop whether Bob is there');
  await Promise.all([adaLaptop, adaPhone].map((tab) => arrive(tab)));
  adaLaptop.watch([bob.username]);
  const watched = { usernames: [bob.username] };
  await act(adaLaptop, 'watch_presence', watched, ['user_offline', [adaLaptop]]);

  heading('He opens two, and she sees him come');
  const since = performance.now();
  await Promise.all([bobLaptop, bobPhone].map((tab) => arrive(tab)));
  hop(adaLaptop, await adaLaptop.next(({ action }) => action === 'user_online'), since);

  const hello = message(chatId, 'Hello Bob, are you there?');
  heading('Ada writes on her laptop: all four tabs hear of it');
  const firstAck = await act(adaLaptop, 'new_message', hello, ['new_message', tabs]);

  heading('Bob begins to answer');
  await act(bobLaptop, 'typing', { chat_id: chatId }, ['typing', [adaLaptop, adaPhone]]);

  heading('He likes it on his phone, and has read it');
  await act(bobPhone, 'like_message', { chat_id: chatId, id: hello.id }, ['like_message', tabs]);
  await act(bobPhone, 'read_message', { id: hello.id }, ['read_message', tabs]);

  heading("Ada's phone loses its connection while Bob answers twice");
  adaPhone.disconnect();
  const others = tabs.filter((tab) => tab !== adaPhone);
  await act(bobLaptop, 'new_message', message(chatId, 'Yes! On the train.'), ['new_message', others]);
  await act(bobLaptop, 'new_message', message(chatId, 'Two more stops.'), ['new_message', others]);

  heading("Ada's phone is back, and is given what it missed");
  const backAt = performance.now();
  const welcome = adaPhone.connect();
  for (let missed = 0; missed < 2; missed += 1) hop(adaPhone, await adaPhone.next(isPush), backAt);
  hop(adaPhone, await welcome, backAt, 'nothing is missing');

  heading('Ada never saw the first ack, say, and sends that message again with the same id');
  const again = await act(adaLaptop, 'new_message', hello);
  remark(
    again.frame.data.position === firstAck.frame.data.position
      ? 'acked as before; nothing stored, nothing pushed'
      : 'acked in another place?',
  );

  heading('The conversation goes on');
  const soon = message(chatId, 'See you soon.');
  const { frame: lastAck } = await act(adaLaptop, 'new_message', soon, ['new_message', tabs]);

  heading('What the read models say');
  const page = z.object({ count: z.number(), items: z.array(z.object({ content: z.string() })) });
  const { count, items } = page.parse(
    await bob.pageAfter(lastAck.data.position, `/chats/${ada.username}/messages`),
  );
  remark(`${count} messages: ${items.map(({ content }) => `"${content}"`).join(' < ')}`);
}

const message = (chatId: string, content: string) => ({
  chat_id: chatId,
  id: randomUUID(),
  content,
  timestamp: new Date().toISOString(),
});

async function arrive(tab: Tab): Promise<void> {
  const startedAt = performance.now();
  hop(tab, await tab.connect(), startedAt, 'connected');
}
