import type {
  ChatPreview,
  LogIn,
  MessageResource,
  NewTournament,
  Notification,
  OpenedChat,
  Page,
  PresenceProfile,
  Profile,
  ProfileChange,
  Self,
  SignUp,
  Tournament,
  UserDetails,
} from './wire.ts';

/** A GET's answer, and up to where in the log it holds everything and nothing after it (`X-Rally-Position`). */
export interface Read<Body> {
  readonly body: Body;
  readonly position: string;
}

/** Of a list: `before` is the `next` of the page before. */
export interface PageOf {
  readonly limit?: number;
  readonly before?: string;
}

/**
 * A method for each row of the HTTP table; `docs/clients.md` says what they do. Reads hold at least what this tab has seen
 * in frames and acks (`X-Rally-After`). All reject with a `RallyError`. A 401 renews the session once and asks again;
 * 429 and 503 with `Retry-After` are tried again, reads alone, three times at most.
 */
export interface Api {
  signUp(account: SignUp): Promise<Profile>;
  logIn(credentials: LogIn): Promise<Profile>;
  logOut(): Promise<void>;
  self(): Promise<Read<Self>>;
  updateProfile(change: ProfileChange): Promise<Profile>;
  searchUsers(search: string, page?: PageOf): Promise<Read<Page<PresenceProfile>>>;
  user(username: string): Promise<Read<UserDetails>>;
  friends(page?: PageOf): Promise<Read<Page<PresenceProfile>>>;
  addFriend(username: string): Promise<Profile>;
  removeFriend(username: string): Promise<void>;
  blockedUsers(page?: PageOf): Promise<Read<Page<PresenceProfile>>>;
  blockUser(username: string): Promise<Profile>;
  unblockUser(username: string): Promise<void>;
  chats(page?: PageOf): Promise<Read<Page<ChatPreview>>>;
  /** Creates it when there is none. PUT answers hold no position: everything up to the command is in it. */
  openChat(username: string): Promise<OpenedChat>;
  messages(username: string, page?: PageOf): Promise<Read<Page<MessageResource>>>;
  notifications(filter: 'all' | 'unread' | 'read', page?: PageOf): Promise<Read<Page<Notification>>>;
  markAllNotificationsRead(): Promise<void>;
  announceTournament(tournament: NewTournament): Promise<Tournament>;
  tournaments(page?: PageOf): Promise<Read<Page<Tournament>>>;
  tournament(id: string): Promise<Read<Tournament>>;
  closeTournament(id: string): Promise<void>;
  /** Reports the end of a game, where no game server does. */
  finishGame(id: string): Promise<void>;
}
