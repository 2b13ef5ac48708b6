/** What the queries of the HTTP API answer with. Dates are ISO 8601 UTC with milliseconds. */

export interface Page<Item> {
  items: Item[];
  /** Of the whole list. */
  count: number;
  /** Send it back as `before` for the page that follows; null: this was the last one. */
  next: string | null;
}

/** The asked part of a list; `before` is a former page's `next` and takes the place of `offset`. */
export interface PageRequest {
  readonly limit: number;
  readonly offset: number;
  readonly before?: string | undefined;
}

export interface Profile {
  username: string;
  nickname: string;
  /** URL of a picture; empty: the client shows its own default. */
  avatar: string;
}

export interface PresenceProfile extends Profile {
  is_online: boolean;
}

export interface UserDetails extends PresenceProfile {
  date_joined: string;
  friends_count: number;
  is_friend: boolean;
  /** The caller blocks this user. */
  is_blocked_user: boolean;
  /** This user blocks the caller. */
  is_blocked_by_user: boolean;
}

export interface Self extends PresenceProfile {
  unread_messages_count: number;
  unread_notifications_count: number;
  game_id: string | null;
  tournament_id: string | null;
  is_engaged_in_game: boolean;
}

export interface MessageResource {
  id: string;
  content: string;
  date: string;
  /** Username. */
  sender: string;
  is_read: boolean;
  is_liked: boolean;
  read_at: string | null;
}

/** A chat as one of its two participants sees it; the profile is the other's. */
export interface ChatHeader extends PresenceProfile {
  chat_id: string;
  is_blocked_user: boolean;
  is_blocked_by_user: boolean;
}

export interface ChatPreview extends ChatHeader {
  unread_messages_count: number;
  last_message: MessageResource | null;
}

export interface OpenedChat extends ChatHeader {
  /** The newest 30, newest first. */
  messages: MessageResource[];
}
