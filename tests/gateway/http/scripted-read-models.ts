import { cursorAfter } from '../../../protocol/cursor.ts';
import type { NotificationFilter } from '../../../protocol/http-requests.ts';
import type {
  ChatHeader,
  MessageResource,
  Notification,
  Page,
  PageRequest,
  PresenceProfile,
  Tournament,
} from '../../../protocol/http-resources.ts';
import { InvalidPageCursor } from '../../../read-models/pages.ts';
import type { ReadModels } from '../../../read-models/read-models.ts';
import type { Snapshot } from '../../../read-models/snapshot.ts';

const onePage = <Item>(...items: Item[]): Page<Item> => ({ items, count: items.length, next: null });

export const presenceProfile = (username: string): PresenceProfile => ({
  username,
  nickname: `${username} nick`,
  avatar: '',
  is_online: false,
});

export const message: MessageResource = {
  id: '11111111-1111-4111-8111-111111111111',
  content: 'hello',
  date: '2026-03-01T12:00:00.000Z',
  sender: 'Bob',
  is_read: false,
  is_liked: false,
  read_at: null,
};

export const chatHeader: ChatHeader = {
  chat_id: '22222222-2222-4222-8222-222222222222',
  ...presenceProfile('Bob'),
  is_blocked_user: false,
  is_blocked_by_user: false,
};

export const notification: Notification = {
  id: '00000000-0000-8007-8333-333333333333',
  action: 'new_friend',
  data: { username: 'Bob', nickname: 'Bob nick', avatar: '', date: '2026-03-01T12:00:00.000Z' },
  is_read: false,
};

export const tournament = (id: string, creator: string): Tournament => ({
  id,
  name: 'Winter cup',
  status: 'pending',
  required_participants: 8,
  alias: 'Ace',
  creator: { username: creator, nickname: `${creator} nick`, avatar: '' },
  settings: { score_to_win: 5, game_speed: 'medium', ranked: false, time_limit: 3, cool_mode: false },
  date: '2026-03-01T12:00:00.000Z',
});

export const TOURNAMENT_ID = '3f3f3f3f-3333-4333-8333-333333333333';

const notAsked = (): Promise<never> => Promise.reject(new Error('not asked here'));

/** Knows the users that it is given, one chat of everybody with Bob, and any tournament. Every call is kept. */
export class ScriptedReadModels implements ReadModels {
  readonly calls: unknown[][] = [];
  readonly users = new Map<string, string>();
  /** Every query rejects with it. */
  failure: Error | null = null;
  position = -1n;
  log = '7';
  /** Whose each tournament is; null: there are none. */
  creator: string | null = 'Ann';
  readonly #held = new Map<string, Promise<void>>();

  know(...usernames: string[]): void {
    for (const username of usernames) this.users.set(username.toLowerCase(), username);
  }

  /** Such queries are not answered before the release. */
  hold(query: keyof ReadModels): { release(): void } {
    let release = () => {};
    this.#held.set(query, new Promise((resolve) => (release = resolve)));
    return {
      release: () => {
        this.#held.delete(query);
        release();
      },
    };
  }

  self(username: string) {
    const name = this.users.get(username.toLowerCase());
    return this.#answer(
      ['self', username],
      name === undefined
        ? null
        : {
            ...presenceProfile(name),
            unread_messages_count: 0,
            unread_notifications_count: 0,
            game_id: null,
            tournament_id: null,
            is_engaged_in_game: false,
            opponent: null,
          },
    );
  }

  searchUsers(caller: string, search: string, page: PageRequest) {
    return this.#page(['searchUsers', caller, search, page], page, onePage(presenceProfile('Bob')));
  }

  user(caller: string, username: string) {
    const name = this.users.get(username.toLowerCase());
    return this.#answer(
      ['user', caller, username],
      name !== undefined
        ? {
            ...presenceProfile(name),
            date_joined: '2026-03-01T12:00:00.000Z',
            friends_count: 0,
            is_friend: false,
            is_blocked_user: false,
            is_blocked_by_user: false,
          }
        : null,
    );
  }

  profile(caller: string, username: string) {
    const name = this.users.get(username.toLowerCase());
    const { is_online: _, ...profile } = presenceProfile(name ?? '');
    return this.#answer(['profile', caller, username], name === undefined ? null : profile);
  }

  friends(caller: string, page: PageRequest) {
    return this.#page(['friends', caller, page], page, onePage(presenceProfile('Bob')));
  }

  blockedUsers(caller: string, page: PageRequest) {
    return this.#page(['blockedUsers', caller, page], page, onePage<PresenceProfile>());
  }

  chats(caller: string, page: PageRequest) {
    const preview = { ...chatHeader, unread_messages_count: 0, last_message: message };
    return this.#page(['chats', caller, page], page, onePage(preview));
  }

  openedChat(caller: string, other: string) {
    return this.#answer(['openedChat', caller, other], { ...chatHeader, messages: [message] });
  }

  messages(caller: string, other: string, page: PageRequest) {
    const found = other.toLowerCase() === 'bob' ? onePage(message) : null;
    return this.#page(['messages', caller, other, page], page, found);
  }

  notifications(caller: string, filter: NotificationFilter, page: PageRequest) {
    return this.#page(['notifications', caller, filter, page], page, onePage(notification));
  }

  tournaments(page: PageRequest) {
    return this.#page(['tournaments', page], page, onePage(tournament(TOURNAMENT_ID, 'Bob')));
  }

  tournament(id: string) {
    return this.#answer(['tournament', id], this.creator === null ? null : tournament(id, this.creator));
  }

  readonly typingTarget = notAsked;
  readonly presenceOf = notAsked;
  readonly presenceSince = notAsked;
  readonly sessions = notAsked;
  readonly sessionGateways = notAsked;
  readonly sessionsOfGateway = notAsked;
  readonly dueErasures = notAsked;
  readonly dueDepartures = notAsked;
  readonly dueDuels = notAsked;
  readonly missed = notAsked;

  projectedPosition() {
    return this.#call(['projectedPosition'], () => this.position);
  }

  #page<Answer>(call: unknown[], page: PageRequest, answer: Answer): Promise<Snapshot<Answer>> {
    return page.before === 'bad' ? Promise.reject(new InvalidPageCursor()) : this.#answer(call, answer);
  }

  /** Where the read models are when the call is let go of. */
  #answer<Answer>(call: unknown[], answer: Answer): Promise<Snapshot<Answer>> {
    return this.#call(call, () => ({ answer, upTo: cursorAfter(this.position, this.log) }));
  }

  async #call<Result>(call: unknown[], result: () => Result): Promise<Result> {
    this.calls.push(call);
    await this.#held.get(String(call[0]));
    if (this.failure) throw this.failure;
    return result();
  }
}
