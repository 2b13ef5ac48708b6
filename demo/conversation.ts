import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { Person } from './person.ts';
import { heading, hop, remark } from './script-lines.ts';
import { type Frame, type Received, Tab } from './tab.ts';

/** Two people with two tabs each: they talk, one of them is away for a while, and nothing is lost or doubled. */
export async function holdConversation(address: string): Promise<void> {
  heading('Ada and Bob sign up, and Ada opens a chat');
  const beganAt = performance.now();
  const [ada, bob] = await Promise.all([Person.signUp(address, 'Ada'), Person.signUp(address, 'Bob')]);
  const opened = await ada.request('PUT', `/chats/${bob.username}`);
  const { chat_id: chatId } = z.object({ chat_id: z.string() }).parse(opened);
  remark(`chat ${chatId}, after ${(performance.now() - beganAt).toFixed(0)} ms`);

  heading('Each opens two tabs');
  const adaLaptop = new Tab(address, ada, 'laptop');
  const adaPhone = new Tab(address, ada, 'phone');
  const bobLaptop = new Tab(address, bob, 'laptop');
  const bobPhone = new Tab(address, bob, 'phone');
  const tabs = [adaLaptop, adaPhone, bobLaptop, bobPhone];
  await Promise.all(tabs.map((tab) => arrive(tab)));

  const hello = message(chatId, 'Hello Bob, are you there?');
  heading('Ada writes on her laptop: all four tabs hear of it');
  const firstAck = await act(adaLaptop, 'new_message', hello, tabs);

  heading('Bob likes it on his phone, and has read it');
  await act(bobPhone, 'like_message', { chat_id: chatId, id: hello.id }, tabs);
  await act(bobPhone, 'read_message', { id: hello.id }, tabs);

  heading("Ada's phone loses its connection while Bob answers twice");
  adaPhone.disconnect();
  const others = tabs.filter((tab) => tab !== adaPhone);
  await act(bobLaptop, 'new_message', message(chatId, 'Yes! On the train.'), others);
  await act(bobLaptop, 'new_message', message(chatId, 'Two more stops.'), others);

  heading("Ada's phone is back, and is given what it missed");
  const backAt = performance.now();
  const welcome = adaPhone.connect();
  for (let missed = 0; missed < 2; missed += 1) hop(adaPhone, await adaPhone.next(isPush), backAt);
  hop(adaPhone, await welcome, backAt, 'nothing is missing');

  heading('Ada never saw the first ack, say, and sends that message again with the same id');
  const again = await act(adaLaptop, 'new_message', hello, []);
  remark(again === firstAck ? 'acked as before; nothing stored, nothing pushed' : 'acked in another place?');

  heading('The conversation goes on');
  await act(adaLaptop, 'new_message', message(chatId, 'See you soon.'), tabs);
  remark(`frames that nobody expected: ${tabs.flatMap((tab) => tab.rest).length}`);

  heading('What the read models say');
  const page = z.object({ count: z.number(), items: z.array(z.object({ content: z.string() })) });
  const { count, items } = page.parse(await bob.request('GET', `/chats/${ada.username}/messages`));
  remark(`${count} messages: ${items.map(({ content }) => `"${content}"`).join(' < ')}`);
  for (const tab of tabs) tab.disconnect();
}

const message = (chatId: string, content: string) => ({
  chat_id: chatId,
  id: randomUUID(),
  content,
  timestamp: new Date().toISOString(),
});

const isPush = (frame: Frame): boolean => frame.cursor !== undefined;

async function arrive(tab: Tab): Promise<void> {
  const startedAt = performance.now();
  hop(tab, await tab.connect(), startedAt, 'connected');
}

/** One frame from one tab: prints its ack and what each of `audience` was pushed. The ack's place in the log. */
async function act(
  tab: Tab,
  action: string,
  data: Record<string, unknown>,
  audience: readonly Tab[],
): Promise<unknown> {
  const requestId = randomUUID();
  const sentAt = tab.send(action, data, requestId);
  const pushes = audience.map(async (listener): Promise<[Tab, Received]> => {
    return [listener, await listener.next((frame) => frame.action === action && isPush(frame))];
  });
  const ack = await tab.next((frame) => frame.request_id === requestId);
  hop(tab, ack, sentAt);
  for (const [listener, push] of await Promise.all(pushes)) hop(listener, push, sentAt);
  return ack.frame.data.position;
}
