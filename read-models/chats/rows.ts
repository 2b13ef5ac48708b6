import type { Insertable } from 'kysely';
import type { MessagesRead } from '../../domain/reading.ts';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { KnownRows } from '../known-rows.ts';
import { type Database, placeIn, type RoomRows, type TableWrite } from '../room.ts';
import { userKey } from '../user-key.ts';
import { type MessagePlace, readChats, readNumbers, readTopOrders } from './row-reads.ts';
import {
  blankMessages,
  deleteLikes,
  insertLikes,
  insertMarkers,
  insertMessages,
  upsertChats,
} from './row-writes.ts';
import { type ChatsTable, type MessagesTable, NO_MESSAGES, type ReadMarkersTable } from './tables.ts';

/** How many are remembered besides what has changed: about as many as are talked in at the same time, some five megabytes. */
const REMEMBERED = { chats: 10_000, users: 20_000, numbers: 20_000 };

/** What the leader holds of the chats. */
export class ChatRows implements RoomRows {
  readonly #chats: KnownRows<string, Readonly<ChatsTable>>;
  /** `order_position` of the chat that is first on a user's list, by user key. */
  readonly #topOrders: KnownRows<string, bigint>;
  /** `messages.number` by position. */
  readonly #numbers: KnownRows<bigint, number>;
  #messages: Insertable<MessagesTable>[] = [];
  #markers: Insertable<ReadMarkersTable>[] = [];
  /** Whether a message is liked, by its id. */
  #likes = new Map<string, boolean>();
  /** Keys of those whose messages so far say nothing any more. */
  #blanked = new Set<string>();

  constructor(remembered = REMEMBERED) {
    this.#chats = new KnownRows(remembered.chats);
    this.#topOrders = new KnownRows(remembered.users);
    this.#numbers = new KnownRows(remembered.numbers);
  }

  chat(chatId: string): Readonly<ChatsTable> | undefined {
    return this.#chats.get(chatId);
  }

  /** undefined: no such message. */
  numberAt(position: bigint): number | undefined {
    return this.#numbers.get(position);
  }

  setChat(chat: Readonly<ChatsTable>): void {
    this.#chats.set(chat.chat_id, chat);
  }

  /**
   * Sets the chat and puts it first on the lists of both its users. Where it stands first already its order stays as it is:
   * it is in two indexes, and most messages go to a chat that the last one went to.
   */
  putFirst(chat: Readonly<ChatsTable>): void {
    const { user_a, user_b, order_position, last_position } = chat;
    const isFirst =
      order_position !== NO_MESSAGES &&
      order_position === this.#topOrders.get(user_a) &&
      order_position === this.#topOrders.get(user_b);
    this.setChat(isFirst ? chat : { ...chat, order_position: last_position });
    if (isFirst) return;
    this.#topOrders.set(user_a, last_position);
    this.#topOrders.set(user_b, last_position);
  }

  addMessage(message: Insertable<MessagesTable>): void {
    this.#messages.push(message);
    this.#numbers.set(message.position, message.number);
  }

  addMarker(marker: Insertable<ReadMarkersTable>): void {
    this.#markers.push(marker);
  }

  /** All that the user has sent up to here. Those that are written already follow with the next write. */
  blankMessagesOf(senderKey: string): void {
    this.#blanked.add(senderKey);
    this.#messages = this.#messages.map((message) =>
      message.sender_key === senderKey ? { ...message, content: '', timestamp: '' } : message,
    );
  }

  setLike(messageId: string, isLiked: boolean): void {
    this.#likes.set(messageId, isLiked);
  }

  async load(database: Database, events: readonly RecordedEvent[]): Promise<void> {
    const chatIds = new Set<string>();
    const sentIn = new Set<string>();
    const markers: MessagesRead['data'][] = [];
    for (const { event } of events) {
      if (event.type === 'MessageSent') sentIn.add(event.data.chatId);
      else if (event.type === 'MessagesRead') markers.push(event.data);
      else continue;
      chatIds.add(event.data.chatId);
    }
    if (chatIds.size === 0) return;
    await this.#loadChats(database, chatIds);
    await this.#loadTopOrders(database, sentIn);
    await this.#loadNumbers(database, markers, events[0]?.position ?? 0n);
  }

  /** With the top orders of their users: whoever needs the one needs the other. */
  async #loadChats(database: Database, chatIds: Iterable<string>): Promise<void> {
    const missing = this.#chats.missing(chatIds);
    if (missing.length === 0) return;
    for (const chat of await readChats(database, missing)) {
      this.#chats.remember(chat.chat_id, chat);
      this.#topOrders.remember(chat.user_a, chat.top_of_a);
      this.#topOrders.remember(chat.user_b, chat.top_of_b);
    }
  }

  /** Of users whose chat is known: it may be new, or known for longer than they are. */
  async #loadTopOrders(database: Database, chatIds: Iterable<string>): Promise<void> {
    const users: string[] = [];
    for (const chatId of chatIds) {
      const chat = this.#chats.get(chatId);
      if (chat) users.push(chat.user_a, chat.user_b);
    }
    const missing = this.#topOrders.missing(users);
    if (missing.length === 0) return;
    for (const { user_key, top } of await readTopOrders(database, missing)) {
      this.#topOrders.remember(user_key, top);
    }
  }

  /** Of messages before `first`. That of a chat's newest message is how many its author has sent. */
  async #loadNumbers(
    database: Database,
    markers: readonly MessagesRead['data'][],
    first: bigint,
  ): Promise<void> {
    const earlier = new Map<bigint, MessagesRead['data']>();
    for (const marker of markers) {
      // null: an event that cannot be projected, which is not for now.
      const position = placeIn(marker.messagePosition);
      if (position !== null && position < first) earlier.set(position, marker);
    }
    const unknown: MessagePlace[] = [];
    for (const position of this.#numbers.missing(earlier.keys())) {
      const marker = earlier.get(position);
      const chat = marker && this.#chats.get(marker.chatId);
      if (!chat) continue;
      if (chat.last_position === position) this.#numbers.remember(position, sentBy(chat, marker.author));
      else unknown.push({ chat_id: chat.chat_id, position });
    }
    if (unknown.length === 0) return;
    for (const { position, number } of await readNumbers(database, unknown)) {
      this.#numbers.remember(position, number);
    }
  }

  takeWrites(): TableWrite[] {
    const likesThatAre = (is: boolean) =>
      [...this.#likes].filter(([, liked]) => liked === is).map(([messageId]) => messageId);
    const writes = [
      blankMessages([...this.#blanked]),
      upsertChats(this.#chats.take()),
      insertMessages(this.#messages),
      insertMarkers(this.#markers),
      insertLikes(likesThatAre(true)),
      deleteLikes(likesThatAre(false)),
    ];
    this.#topOrders.take();
    this.#numbers.take();
    this.#messages = [];
    this.#markers = [];
    this.#likes = new Map();
    this.#blanked = new Set();
    return writes;
  }

  written(): void {
    this.#chats.written();
    this.#topOrders.written();
    this.#numbers.written();
  }
}

const sentBy = (chat: Readonly<ChatsTable>, author: string): number =>
  userKey(author) === chat.user_a ? chat.sent_a : chat.sent_b;
