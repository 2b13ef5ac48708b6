import { WebSocket } from 'ws';

/** A tab; who it is and which chat it shows it says in its URL, and is believed. */
export class TabSocket extends WebSocket {
  username = '';
  chatId = '';
}

/** The tabs that show a chat: those of its two users. */
export class Tabs {
  readonly #byChat = new Map<string, Set<TabSocket>>();

  opened(socket: TabSocket): void {
    this.#byChat.set(socket.chatId, this.of(socket.chatId).add(socket));
  }

  closed(socket: TabSocket): void {
    this.of(socket.chatId).delete(socket);
  }

  of(chatId: string): Set<TabSocket> {
    return this.#byChat.get(chatId) ?? new Set();
  }
}
