import { setTimeout as pause } from 'node:timers/promises';
import type { MessageBus, Subscription } from '../../../platform/message-bus/message-bus.ts';
import { type Cursor, formatCursor, isAfter } from '../../../protocol/cursor.ts';
import { encodePushes, type Push } from '../../../protocol/pushes.ts';
import {
  encodeLeaderPosition,
  leaderGroup,
  PUBLISHED,
  PUSH_EVERYONE,
  pushSubject,
} from '../../../protocol/subjects.ts';
import type { Missed } from '../../../read-models/feed/missed.ts';
import { ReadModelsUnavailable } from '../../../read-models/snapshot.ts';

/** What the projection service writes, publishes and answers, and what the read models make of it. */
export class TestFeed {
  readonly #bus: MessageBus;
  readonly #pushes: { readonly isFor: (user: string) => boolean; readonly push: Push }[] = [];
  #position = 0n;
  #written = 0n;
  #onWritten: (() => void)[] = [];
  #answering: Promise<Subscription> | null = null;
  /** The identity of the log that it follows. */
  log = '7';
  /** Of the leader that publishes and answers; and of the one that has taken over last, as its rows tell. */
  epoch = 1n;
  epochOfRows = 1n;
  /** As long as anybody waits for rows at a time. */
  waitMs = 20;
  /** How far the leader answers that it has published; null: as far as the pushes go. */
  published: bigint | null = null;
  /** false: nothing is written before `write`. */
  writesAtOnce = true;
  /** How often the leader was asked, and how often rows were looked up. */
  asked = 0;
  lookUps = 0;
  unavailable = false;
  /** The leader's answers wait for this, and so do look-ups that have read the rows. */
  answersOfLeader: Promise<void> = Promise.resolve();
  answers: Promise<void> = Promise.resolve();

  constructor(bus: MessageBus) {
    this.#bus = bus;
    this.lead();
  }

  get end(): Cursor {
    return { position: this.#position, ordinal: 0, log: this.log };
  }

  /** Up to where rows are written. */
  get written(): Cursor {
    return { position: this.#written, ordinal: 0, log: this.log };
  }

  /** As far as a gateway knows. */
  get position(): bigint {
    return this.#written;
  }

  /** Somebody answers how far the pushes have been published, until `resign`. */
  lead(): void {
    this.#answering = this.#bus.respond(PUBLISHED, leaderGroup(this.epoch), async () => {
      this.asked += 1;
      const answer = encodeLeaderPosition({ epoch: this.epoch, position: this.published ?? this.#position });
      await this.answersOfLeader;
      return answer;
    });
  }

  async resign(): Promise<void> {
    await (await this.#answering)?.unsubscribe();
  }

  /** Something else happens. */
  append(): Cursor {
    this.#position += 1n;
    if (this.writesAtOnce) this.write();
    return this.end;
  }

  /** Keeps one push for the user, without publishing it. */
  store(user: string, label: string): Push {
    return this.#keep((other) => other === user.toLowerCase(), label);
  }

  /** Keeps one push for all others. */
  storeForEveryoneBut(user: string, label: string): Push {
    return this.#keep((other) => other !== user.toLowerCase(), label);
  }

  write(): void {
    this.#written = this.#position;
    for (const resolve of this.#onWritten.splice(0)) resolve();
  }

  /** The log was restored to `position`, and goes on under another identity. */
  restore(position: bigint, log: string): void {
    this.#position = position;
    this.#written = position;
    this.#pushes.splice(0);
    this.log = log;
  }

  publish(user: string, ...pushes: readonly Push[]): void {
    this.#bus.publish(pushSubject(user), encodePushes(this.epoch, pushes));
  }

  push(user: string, ...labels: string[]): void {
    for (const label of labels) this.publish(user, this.store(user, label));
  }

  publishToEveryoneBut(user: string, ...pushes: readonly Push[]): void {
    const everyoneBut = [user.toLowerCase()];
    const broadcast = pushes.map((push) => ({ ...push, everyoneBut }));
    this.#bus.publish(PUSH_EVERYONE, encodePushes(this.epoch, broadcast));
  }

  pushToEveryoneBut(user: string, ...labels: string[]): void {
    for (const label of labels) this.publishToEveryoneBut(user, this.storeForEveryoneBut(user, label));
  }

  waitFor = async (position: bigint): Promise<boolean> => {
    if (position > this.#written) {
      const written = new Promise<void>((resolve) => this.#onWritten.push(resolve));
      await Promise.race([written, pause(this.waitMs)]);
    }
    return position <= this.#written;
  };

  missed = async (username: string, after: Cursor | null, limit: number): Promise<Missed> => {
    this.lookUps += 1;
    if (this.unavailable) throw new ReadModelsUnavailable('away');
    const snapshot = { upTo: this.written, epoch: this.epochOfRows };
    const { upTo } = snapshot;
    const pushes = this.#pushes
      .filter(({ isFor }) => isFor(username.toLowerCase()))
      .map(({ push }) => push)
      .filter(({ cursor }) => after && isAfter(cursor, after) && !isAfter(cursor, upTo));
    const isKnown = after === null || (after.log === upTo.log && !isAfter(after, upTo));
    await this.answers;
    return pushes.length <= limit && isKnown
      ? { outcome: 'complete', pushes, ...snapshot }
      : { outcome: 'incomplete', ...snapshot };
  };

  #keep(isFor: (user: string) => boolean, label: string): Push {
    const cursor = this.append();
    const text = JSON.stringify({ action: 'new_message', label, cursor: formatCursor(cursor) });
    const push = { cursor, text };
    this.#pushes.push({ isFor, push });
    return push;
  }
}
