import { randomUUID } from 'node:crypto';
import { heading, pushed, remark, welcomed } from './script-lines.ts';
import { act, type Stage } from './stage.ts';
import type { Tab } from './tab.ts';

/** The two talk, one of them is away for a while, and nothing is lost or doubled. */
export async function holdConversation({ ada, bob, tabs }: Stage): Promise<void> {
  heading('Ada opens a chat with Bob');
  const { chat_id } = await ada.api.openChat(bob.username);
  remark(`chat ${chat_id}`);

  heading('Ada opens two tabs, and asks on her laptop whether Bob is there');
  await Promise.all([ada.laptop, ada.phone].map(arrive));
  ada.laptop.watch([bob.username]);
  const watched = { usernames: [bob.username] };
  await act(ada.laptop, 'watch_presence', watched, ['user_offline', [ada.laptop]]);

  heading('He opens two, and she sees him come');
  const sinceMs = performance.now();
  await Promise.all([bob.laptop, bob.phone].map(arrive));
  const { frame, atMs } = await ada.laptop.next('user_online');
  pushed(ada.laptop, frame, atMs - sinceMs);

  const hello = message(chat_id, 'Hello Bob, are you there?');
  heading('Ada writes on her laptop: all four tabs hear of it');
  const firstAck = await act(ada.laptop, 'new_message', hello, ['new_message', tabs]);

  heading('Bob begins to answer');
  await act(bob.laptop, 'typing', { chat_id }, ['typing', [ada.laptop, ada.phone]]);

  heading('He likes it on his phone, and has read it');
  await act(bob.phone, 'like_message', { chat_id, id: hello.id }, ['like_message', tabs]);
  await act(bob.phone, 'read_message', { id: hello.id }, ['read_message', tabs]);

  heading("Ada's phone loses its connection while Bob answers twice");
  ada.phone.disconnect();
  const others = tabs.filter((tab) => tab !== ada.phone);
  await act(bob.laptop, 'new_message', message(chat_id, 'Yes! On the train.'), ['new_message', others]);
  await act(bob.laptop, 'new_message', message(chat_id, 'Two more stops.'), ['new_message', others]);

  heading("Ada's phone is back, and is given what it missed");
  const backAtMs = performance.now();
  const welcomedAtMs = await ada.phone.connect();
  for (let missed = 0; missed < 2; missed += 1) {
    const { frame, atMs } = await ada.phone.next('new_message');
    pushed(ada.phone, frame, atMs - backAtMs);
  }
  welcomed(ada.phone, welcomedAtMs - backAtMs, 'nothing is missing');

  heading('Ada never saw the first ack, say, and sends that message again with the same id');
  const again = await act(ada.laptop, 'new_message', hello);
  remark(
    again.position === firstAck.position
      ? 'acked as before; nothing stored, nothing pushed'
      : 'acked in another place?',
  );

  heading('The conversation goes on');
  await act(ada.laptop, 'new_message', message(chat_id, 'See you soon.'), ['new_message', tabs]);

  heading('What the read models say');
  const { body } = await bob.api.messages(ada.username);
  remark(`${body.count} messages: ${body.items.map(({ content }) => `"${content}"`).join(' < ')}`);
}

const message = (chat_id: string, content: string) => ({
  chat_id,
  id: randomUUID(),
  content,
  timestamp: new Date().toISOString(),
});

async function arrive(tab: Tab): Promise<void> {
  const startedAtMs = performance.now();
  welcomed(tab, (await tab.connect()) - startedAtMs, 'connected');
}
