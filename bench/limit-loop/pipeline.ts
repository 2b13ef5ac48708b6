import { clientFrame } from '../../protocol/client-frames.ts';
import { GroupCommit } from './group-commit.ts';
import type { LoopMessage } from './message.ts';
import type { Store } from './store.ts';
import type { TabSocket, Tabs } from './tabs.ts';

/** Parse, append and flush in batches, ack, project in batches, push. Takes the frames of all tabs. */
export function createPipeline(store: Store, tabs: Tabs): (from: TabSocket, text: string) => void {
  let position = store.lastPosition;

  const projections = new GroupCommit<LoopMessage>(async (batch) => {
    await store.project(batch);
    for (const message of batch) {
      const text = pushText(message);
      for (const tab of tabs.of(message.chatId)) tab.send(text);
    }
  });

  const appends = new GroupCommit<LoopMessage>(async (batch) => {
    await store.append(batch);
    projections.add(...batch);
    for (const message of batch) message.from.send(ackText(message));
  });

  return (from, text) => {
    const frame = clientFrame.parse(JSON.parse(text));
    if (frame.action !== 'new_message' || !frame.data.id)
      throw new Error('the limit loop only sends messages');
    const { id, chat_id: chatId, content, timestamp } = frame.data;
    const { username: sender } = from.getUserData();
    const date = new Date().toISOString();
    const event = JSON.stringify({ messageId: id, chatId, sender, content, timestamp, date });
    position += 1;
    appends.add({ from, position, id, chatId, sender, content, date, event });
  };
}

const ackText = ({ id, position }: LoopMessage): string =>
  JSON.stringify({ action: 'ack', request_id: id, data: { position: String(position), id } });

function pushText({ id, position, chatId, sender, content, date }: LoopMessage): string {
  const data = { chat_id: chatId, id, content, date, sender, timestamp: id, is_read: false, is_liked: false };
  return JSON.stringify({ action: 'new_message', data, cursor: `${position}.0` });
}
