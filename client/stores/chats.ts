import { isAfter } from '../places.ts';
import type { ChatPreview, EventFrame, MessageResource } from '../wire.ts';
import type { Keeper } from './keeper.ts';
import { Kept } from './kept.ts';
import { type Listed, listPages, listStore } from './listed.ts';
import type { ListStore } from './stores.ts';

/** A chat as a page had it, and what pushes have made of it. Pages of one list are of different places. */
interface KnownChat {
  readonly preview: ChatPreview;
  readonly upTo: string;
  /** Of the newest messages from the other side, in order, as far as they are known: the marker moves along them. */
  readonly received: readonly string[];
}

/** Newest last message first, without any last. An empty chat that another opens is told by no push. */
export function chatsStore(keeper: Keeper): ListStore<ChatPreview> {
  const pages = listPages(
    (page) => keeper.parts.api.chats(page),
    knownChat,
    ({ preview }) => preview.chat_id,
  );
  const kept = new Kept<Listed<KnownChat>>(keeper, { load: pages.first, apply: chatsAfter });
  return listStore(kept, pages, ({ preview }) => preview);
}

function knownChat(preview: ChatPreview, upTo: string): KnownChat {
  const { last_message, username } = preview;
  return { preview, upTo, received: last_message?.sender === username ? [last_message.id] : [] };
}

function chatsAfter(chats: Listed<KnownChat>, frame: EventFrame): Listed<KnownChat> | undefined {
  const { entries } = chats;
  const isMeant = ({ preview }: KnownChat) =>
    'chat_id' in frame.data
      ? preview.chat_id === frame.data.chat_id
      : frame.action === 'relationship_changed' && preview.username === frame.data.username;
  const chat = entries.find(isMeant);
  if (!chat) return frame.action === 'new_message' ? undefined : chats;
  if (!isAfter(frame.cursor, chat.upTo)) return chats;
  const changed = chatAfter(chat, frame);
  if (!changed) return undefined;
  const isMoved = frame.action === 'new_message';
  return {
    ...chats,
    entries: isMoved
      ? [changed, ...entries.filter((other) => other !== chat)]
      : entries.map((other) => (other === chat ? changed : other)),
  };
}

/** undefined: how many messages are unread now is not known. */
function chatAfter(chat: KnownChat, frame: EventFrame): KnownChat | undefined {
  const { preview, received } = chat;
  const { username, unread_messages_count: unread, last_message: last } = preview;
  const change = (to: Partial<ChatPreview>) => ({
    ...chat,
    preview: { ...preview, ...to },
    upTo: frame.cursor,
  });
  const changeLast = (id: string, to: Partial<MessageResource>): Partial<ChatPreview> =>
    last?.id === id ? { last_message: { ...last, ...to } } : {};
  switch (frame.action) {
    case 'new_message': {
      const { chat_id: _, timestamp: __, ...message } = frame.data;
      const last_message = { ...message, read_at: null };
      if (message.sender !== username) return change({ last_message });
      return {
        ...change({ last_message, unread_messages_count: unread + 1 }),
        received: [...received, message.id],
      };
    }
    case 'like_message':
      return change(changeLast(frame.data.id, { is_liked: frame.data.is_liked }));
    case 'read_message': {
      const { id, reader, date } = frame.data;
      const read = changeLast(id, { is_read: true, read_at: date });
      if (reader === username) return change(read);
      const at = received.indexOf(id) + 1;
      if (at === 0) return undefined;
      const left = received.slice(at);
      return { ...change({ ...read, unread_messages_count: left.length }), received: left };
    }
    case 'relationship_changed': {
      const { username: _, is_friend: __, ...blocks } = frame.data;
      return change(blocks);
    }
    default:
      return chat;
  }
}
