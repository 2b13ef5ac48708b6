import type { UwsWebSocket } from '../../gateway/public-server/uwebsockets/uwebsockets-api.ts';

/** What a tab says of itself in its URL, and is believed. */
export interface Tab {
  readonly username: string;
  readonly chatId: string;
}

export type TabSocket = UwsWebSocket<Tab>;

/** The tabs that show a chat: those of its two users. */
export class Tabs {
  readonly #byChat = new Map<string, Set<TabSocket>>();

  opened(socket: TabSocket): void {
    const { chatId } = socket.getUserData();
    this.#byChat.set(chatId, this.of(chatId).add(socket));
  }

  closed(socket: TabSocket): void {
    this.of(socket.getUserData().chatId).delete(socket);
  }

  of(chatId: string): Set<TabSocket> {
    return this.#byChat.get(chatId) ?? new Set();
  }
}
