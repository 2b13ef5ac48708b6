import { expect } from 'vitest';
import type { FoldedFrame } from '../../projection-service/folding.ts';
import { type Cursor, isAfter } from '../../protocol/cursor.ts';
import type { PageRequest } from '../../protocol/http-resources.ts';
import type { ReadModels } from '../../read-models/read-models.ts';
import type { Snapshot } from '../../read-models/snapshot.ts';
import { ClientPicture } from '../support/client-picture.ts';
import { pictureNow, type UserPages } from '../support/user-pages.ts';

/** More than any page of these histories has. */
export const WHOLE: PageRequest = { limit: 100, offset: 0 };

/** What happens to somebody's tab; what it makes of it is its own matter. */
export interface PlayedTab {
  readonly username: string;
  send(frame: FoldedFrame): void;
  receive(frames?: number): void | Promise<void>;
  resume(): Promise<void>;
  load(again?: number): Promise<void>;
  expectFresh(): Promise<void>;
}

/** A tab of somebody's: what is on its way to it, and what it shows. */
export class MemberTab implements PlayedTab {
  readonly username: string;
  readonly #models: ReadModels;
  readonly #others: readonly string[];
  readonly #pages: UserPages;
  readonly #picture: ClientPicture;
  /** It has been sent everything up to there. */
  #cursor: Cursor;
  #onTheirWay: FoldedFrame[] = [];

  private constructor(username: string, others: readonly string[], models: ReadModels, cursor: Cursor) {
    this.username = username;
    this.#others = others;
    this.#models = models;
    this.#cursor = cursor;
    this.#pages = pagesOf(models, username);
    this.#picture = new ClientPicture(username, others, this.#pages);
  }

  /** All that users were told of has to be written. The tab loads its pages some time later. */
  static async open(username: string, others: readonly string[], models: ReadModels): Promise<MemberTab> {
    const { upTo } = await models.missed(username, null, 0);
    return new MemberTab(username, others, models, upTo);
  }

  /** A leader that begins where another ended tells again what it cannot know to have been told. */
  send(frame: FoldedFrame): void {
    if (isAfter(frame.cursor, this.#onTheirWay.at(-1)?.cursor ?? this.#cursor)) this.#onTheirWay.push(frame);
  }

  receive(frames = this.#onTheirWay.length): void {
    for (const { cursor, text } of this.#onTheirWay.splice(0, frames)) {
      this.#picture.receive(JSON.parse(text));
      this.#cursor = cursor;
    }
  }

  /** Loses what is on its way, and gets it again as a tab that was away. All that users were told of has to be written. */
  async resume(): Promise<void> {
    const missed = await this.#models.missed(this.username, this.#cursor, 1000);
    const texts = missed.outcome === 'complete' ? missed.pushes.map(({ text }) => text) : missed.outcome;
    expect(texts).toEqual(this.#onTheirWay.map(({ text }) => text));
    this.receive();
  }

  load(again?: number): Promise<void> {
    return this.#picture.load(again);
  }

  /** All that was asked for has to be written, and told. */
  async expectFresh(): Promise<void> {
    this.receive();
    await this.#picture.load();
    expect(this.#picture.isComplete).toBe(true);
    const now = await pictureNow(this.username, this.#others, this.#pages);
    expect(this.#picture.picture()).toEqual(this.#picture.knowable(now));
  }
}

/** Whole, and asked for as a gateway does. */
export const pagesOf = (models: ReadModels, me: string): UserPages => ({
  self: () => known(models.self(me)),
  users: () => models.searchUsers(me, '', WHOLE),
  user: (username) => models.user(me, username),
  friends: () => models.friends(me, WHOLE),
  blockedUsers: () => models.blockedUsers(me, WHOLE),
  chats: () => models.chats(me, WHOLE),
  messages: (username) => known(models.messages(me, username, WHOLE)),
  notifications: (filter) => models.notifications(me, filter, WHOLE),
  tournaments: () => models.tournaments(WHOLE),
});

async function known<Answer>(page: Promise<Snapshot<Answer | null>>): Promise<Snapshot<Answer>> {
  const { answer, upTo } = await page;
  if (answer === null) throw new Error('nothing to show');
  return { answer, upTo };
}
