import type { PendingMessage } from '../outbox.ts';
import type { RallyError } from '../rally-error.ts';
import type { Readable } from '../readable.ts';
import type {
  ChatHeader,
  ChatPreview,
  GameSettings,
  MessageResource,
  Notification,
  Profile,
  Self,
} from '../wire.ts';

/**
 * What pages show, kept right by pushes. A store loads when somebody subscribes first, or a method needs it, and is kept up from
 * then on. After a `welcome` that did not recover, those that somebody subscribes to are loaded again, and the others forgotten. While
 * there is no connection they show what was known before. When somebody else signs in, all is forgotten.
 *
 * Names, pictures and `is_online` of others are as they were when a page was loaded: no push tells of the first two, and
 * `presence` follows the last.
 */
export interface Stores {
  /** null: not loaded yet. */
  readonly me: Readable<Self | null>;
  readonly chats: ListStore<ChatPreview>;
  /** The chat with this user. The same store each time, whatever the case of the name. Opening creates the chat on the server. */
  chat(username: string): ChatStore;
  readonly notifications: NotificationsStore;
  /** Whether this user is online; null: not known. Whom somebody subscribes to is watched. */
  presence(username: string): Readable<boolean | null>;
  readonly duel: DuelStore;
}

/** A list that is loaded page by page. */
export interface ListState<Item> {
  /** In the server's order. */
  readonly items: readonly Item[];
  /** Of the whole list. */
  readonly count: number;
  readonly status: 'not_loaded' | 'loading' | 'loaded' | 'failed';
  readonly hasMore: boolean;
  /** Of the last load, when it failed. */
  readonly error: RallyError | null;
}

export interface ListStore<Item> extends Readable<ListState<Item>> {
  /** Loads the page that follows, or again what failed. One at a time: while it runs, calls share it. Never rejects: the state tells. */
  loadMore(): Promise<void>;
}

export interface ChatState {
  /** null: not loaded yet. */
  readonly chat: ChatHeader | null;
  /** Those that are stored, oldest first, in log order, each once. */
  readonly messages: readonly MessageResource[];
  /** Those on their way, which follow them. None of them is in `messages`. */
  readonly pending: readonly PendingMessage[];
  readonly status: 'not_loaded' | 'loading' | 'loaded' | 'failed';
  readonly hasOlder: boolean;
  /** Messages of the other side, of those that are loaded, that this user has not read. */
  readonly unreadCount: number;
  /** The other side is writing: for 5 s, or until their next message. */
  readonly isTyping: boolean;
  readonly error: RallyError | null;
}

export interface ChatStore extends Readable<ChatState> {
  /** As `loadMore` of lists. */
  loadOlder(): Promise<void>;
  /** Goes through the outbox. Rejects only when the chat cannot be opened. */
  send(content: string): Promise<PendingMessage>;
  retry(id: string): void;
  discard(id: string): void;
  /**
   * Shown at once; taken back when it is refused. Several for one message: the last one counts. What gets lost with a connection
   * is sent again.
   */
  setLiked(id: string, isLiked: boolean): Promise<void>;
  /** Marks that message and all earlier ones of the other side. Several at once are one, twice a second at most. */
  markRead(id: string): void;
  /** Says that this user is writing: call it at each key, one in 2 s is sent. */
  typing(): void;
}

export interface NotificationsStore extends ListStore<Notification> {
  /** As `/self` counts, kept right by pushes. null: not known yet. */
  readonly unreadCount: Readable<number | null>;
  markRead(id: string): Promise<void>;
  markAllRead(): Promise<void>;
}

/** An invitation or a game, as this user is part of it. */
export type DuelState =
  | { readonly phase: 'idle'; readonly ended: DuelEnd | null }
  | {
      readonly phase: 'inviting';
      /** null: not known yet, or nobody any more. */
      readonly username: string | null;
      /** As far as this tab has chosen them. */
      readonly settings: Partial<GameSettings> | null;
    }
  | {
      readonly phase: 'playing';
      readonly gameId: string;
      readonly opponent: Profile | null;
      /** As far as this tab has chosen or accepted them. */
      readonly settings: Partial<GameSettings> | null;
      /** When this page has heard of it (ms since 1970); null: it was under way before. */
      readonly startedAt: number | null;
    };

/** How the last one ended, and what the server says of it to people. */
export interface DuelEnd {
  readonly cause: 'declined' | 'cancelled' | 'refused' | 'expired' | 'finished';
  readonly username: string | null;
  readonly message: string | null;
}

/**
 * Nothing of a duel is ever sent twice by itself: after `unconfirmed` the state is loaded again, and tells what became of it.
 */
export interface DuelStore extends Readable<DuelState> {
  /** Invitations to this user that wait for an answer, newest first. */
  readonly invitations: Readable<readonly Invitation[]>;
  /** Resolves when it is pending. */
  invite(username: string, options?: Partial<GameSettings>): Promise<void>;
  /** Rejects with `invitation_not_found` when none is pending. */
  cancel(): Promise<void>;
  reply(inviter: string, accept: boolean): Promise<void>;
  /** Says that the game is over, where no game server does. */
  finish(): Promise<void>;
}

export interface Invitation {
  /** Of its notification. */
  readonly id: string;
  readonly gameId: string;
  readonly inviter: Profile;
  readonly settings: GameSettings;
  readonly date: string;
}
