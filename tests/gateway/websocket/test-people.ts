import type { MessageBus } from '../../../platform/message-bus/message-bus.ts';
import { type Cursor, isAfter } from '../../../protocol/cursor.ts';
import { replyText } from '../../../protocol/frame-texts.ts';
import { encodePresence, type PresenceState } from '../../../protocol/presence-states.ts';
import { presenceFrame } from '../../../protocol/server-frames.ts';
import { PRESENCE } from '../../../protocol/subjects.ts';
import type { PlacedPresence } from '../../../read-models/presence/presence-states.ts';
import type { ReadModels } from '../../../read-models/read-models.ts';
import { ReadModelsUnavailable } from '../../../read-models/snapshot.ts';
import type { TestFeed } from './test-feed.ts';
import type { TestTab } from './test-tab.ts';

/** Who came online, and with a minus who has gone, as a tab was told. */
export const toldOf = (tab: TestTab): string[] =>
  tab.frames.flatMap(({ action, data }) =>
    action === 'user_online' ? [`${data.username}`] : action === 'user_offline' ? [`-${data.username}`] : [],
  );

interface Change {
  readonly row: PlacedPresence;
  readonly state: PresenceState;
}

/** Who is online, as the projection service publishes it and the read models answer, in the log of a `TestFeed`. */
export class TestPeople {
  readonly #feed: TestFeed;
  readonly #bus: MessageBus;
  readonly #changes: Change[] = [];
  /** Chats, by id: whom Ann types to there. */
  readonly chats = new Map<string, { readonly username: string; readonly is_blocked: boolean }>();
  /** What the read models were asked for. */
  readonly reads: string[] = [];
  unavailable = false;
  /** Answers that have been read wait for this. */
  answers: Promise<void> = Promise.resolve();

  constructor(feed: TestFeed, bus: MessageBus) {
    this.#feed = feed;
    this.#bus = bus;
  }

  /** In the log, and not published. `since`: of which nothing else depends, so that states can be told apart. */
  store(username: string, isOnline: boolean): PresenceState {
    const cursor = this.#feed.append();
    const date = new Date(Number(cursor.position)).toISOString();
    const about = { username, nickname: `${username}y`, date };
    const state = {
      userKey: username.toLowerCase(),
      cursor,
      text: replyText(presenceFrame(isOnline, about)),
    };
    const row = { user_key: state.userKey, ...about, is_online: isOnline, position: cursor.position };
    this.#changes.push({ row, state });
    return state;
  }

  publish(...states: readonly PresenceState[]): void {
    this.publishAs(this.#feed.epoch, ...states);
  }

  publishAs(epoch: bigint, ...states: readonly PresenceState[]): void {
    this.#bus.publish(PRESENCE, encodePresence(epoch, states));
  }

  /** Of users whose names begin with a minus: that they have gone. */
  push(...users: readonly string[]): void {
    for (const user of users) this.publish(this.store(user.replace('-', ''), !user.startsWith('-')));
  }

  presenceSince: ReadModels['presenceSince'] = async ({ after, limit }) => {
    const rows = this.#rows('presenceSince').filter(({ position }) => position > after);
    return this.#answer(rows.sort((a, b) => Number(a.position - b.position)).slice(0, limit));
  };

  presenceOf: ReadModels['presenceOf'] = async (usernames) =>
    this.#answer(this.#rows('presenceOf').filter(({ user_key }) => usernames.includes(user_key)));

  typingTarget: ReadModels['typingTarget'] = async (_username, chatId) => {
    this.#rows('typingTarget');
    return this.#answer(this.chats.get(chatId) ?? null);
  };

  #rows(read: string): PlacedPresence[] {
    this.reads.push(read);
    if (this.unavailable) throw new ReadModelsUnavailable('away');
    const { written } = this.#feed;
    const ofLog = ({ cursor }: PresenceState) => cursor.log === written.log && !isAfter(cursor, written);
    const newest = new Map<string, PlacedPresence>();
    for (const { row, state } of this.#changes) if (ofLog(state)) newest.set(row.user_key, row);
    return [...newest.values()];
  }

  async #answer<Answer>(answer: Answer): Promise<{ answer: Answer; upTo: Cursor; epoch: bigint }> {
    const snapshot = { answer, upTo: this.#feed.written, epoch: this.#feed.epochOfRows };
    await this.answers;
    return snapshot;
  }
}
