import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { MessageBus, Subscription } from '../../../platform/message-bus/message-bus.ts';
import { backoffMs } from '../../../platform/pause.ts';
import { type Cursor, cursorAfter, isAfter } from '../../../protocol/cursor.ts';
import { replyText } from '../../../protocol/frame-texts.ts';
import {
  decodePresence,
  type PresenceState,
  type PublishedPresence,
} from '../../../protocol/presence-states.ts';
import { presenceFrame } from '../../../protocol/server-frames.ts';
import { PRESENCE } from '../../../protocol/subjects.ts';
import type { Missed } from '../../../read-models/feed/missed.ts';
import type { PlacedPresence } from '../../../read-models/presence/presence-states.ts';
import type { ReadModels } from '../../../read-models/read-models.ts';
import type { Leader } from '../../leader.ts';
import type { ProjectedPosition } from '../../projected-position.ts';
import { TabFeed } from '../tab-feed.ts';

/** Read together, when what was missed is read. */
const PAGE = 500;

/** Before what was missed is looked up again. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;

export interface PresenceFeedParts {
  readonly bus: MessageBus;
  readonly leader: Pick<Leader, 'published'>;
  readonly projected: Pick<ProjectedPosition, 'waitFor'>;
  readonly presenceSince: ReadModels['presenceSince'];
  /** In the log's order, but for what is read after an interruption: the newest of each user then. */
  hear(states: readonly PresenceState[]): void;
  /** The log is another one: what tabs have been told is not true of it. */
  logReplaced(): void;
  readonly logger: Logger;
}

/** A place of the log that was read behind a leader's answer, and that leader's epoch: all beyond it is published to who had subscribed before. */
export type Start = Pick<Missed, 'upTo' | 'epoch'>;

/** What leaders of the projection say of who is online, each state once and in order, for as long as somebody wants to hear it. */
export class PresenceFeed {
  readonly #parts: PresenceFeedParts;
  #hearing: Hearing | null = null;

  constructor(parts: PresenceFeedParts) {
    this.#parts = parts;
  }

  /** Where it began; null: it has not. */
  get start(): Cursor | null {
    return this.#hearing?.start ?? null;
  }

  /** Up to where it has heard; null: it has not begun. */
  get last(): Cursor | null {
    return this.#hearing?.last ?? null;
  }

  /** Resolves when all that is published from now on comes here: it is held. Rejects when it cannot. */
  async listen(): Promise<void> {
    this.#hearing ??= new Hearing(this.#parts);
    const hearing = this.#hearing;
    try {
      await hearing.subscription;
    } catch (error) {
      if (this.#hearing === hearing) this.end();
      throw error;
    }
  }

  /** From there on it is heard. To be called once `listen` has resolved and before `end`; only the first call counts. */
  begin(start: Start): void {
    this.#hearing?.begin(start);
  }

  /** Nobody wants to hear any more. */
  end(): void {
    this.#hearing?.end();
    this.#hearing = null;
  }

  /** The bus may have lost something: it is looked up, and what comes meanwhile is held. */
  interrupted(): void {
    this.#hearing?.interrupted();
  }
}

/**
 * From a subscription to its end. How it goes live, and again after an interruption, is as for a tab and its pushes, for the same reasons:
 * see `docs/decisions/0032-frames-before-rows.md`.
 */
class Hearing {
  readonly subscription: Promise<Subscription>;
  readonly #parts: PresenceFeedParts;
  readonly #feed = new TabFeed<PresenceState, PresenceState>(null, (state) => state);
  #start: Cursor | null = null;
  /** What was missed was read up to there, so that a look-up that is repeated goes on from there. */
  #readUpTo = -1n;
  #isOver = false;

  constructor(parts: PresenceFeedParts) {
    this.#parts = parts;
    this.subscription = parts.bus.subscribe(PRESENCE, (payload) => this.#receive(payload));
  }

  get start(): Cursor | null {
    return this.#start;
  }

  get last(): Cursor | null {
    const { last } = this.#feed;
    return last && this.#readUpTo > last.position ? cursorAfter(this.#readUpTo, last.log) : last;
  }

  /** What was held may have been too much, or interrupted. */
  begin(start: Start): void {
    if (this.#start) return;
    this.#start = start.upTo;
    const { isWhole } = this.#feed;
    if (this.#goLive(start) && !isWhole) this.#feed.interrupt();
    if (!this.#feed.isLive) void this.#catchUp(start.upTo);
  }

  end(): void {
    this.#isOver = true;
    this.subscription
      .then((subscription) => subscription.unsubscribe())
      .catch((err) => this.#parts.logger.warn({ err }, 'a subscription could not be ended'));
  }

  interrupted(): void {
    if (this.#feed.interrupt()) this.#lookUpMissed();
  }

  #receive(payload: string): void {
    if (this.#isOver) return;
    const wasLive = this.#feed.isLive;
    const published = this.#decode(payload);
    if (published) this.#hear(this.#feed.take({ epoch: published.epoch, pushes: published.states }));
    else this.#feed.interrupt();
    if (wasLive && !this.#feed.isLive) this.#lookUpMissed();
  }

  #lookUpMissed(): void {
    const { last } = this.#feed;
    if (last) void this.#catchUp(last);
  }

  /** Until what came after `last` is known. */
  async #catchUp(last: Cursor): Promise<void> {
    this.#readUpTo = last.position;
    for (let failures = 0; !this.#isOver; failures += 1) {
      this.#feed.beginLookUp();
      const found = await this.#lookUp(last).catch((err) => {
        this.#parts.logger.warn({ err }, 'who is online could not be looked up');
        return null;
      });
      if (this.#isOver) return;
      if (found && this.#feed.isWhole && this.#goLive(found)) return;
      if (!found) await pause(backoffMs(failures, FIRST_PAUSE_MS, LONGEST_PAUSE_MS), null, { ref: false });
    }
  }

  /** A leader that goes on before what was heard of another one publishes that again. false: what was held is of another log. */
  #goLive({ upTo, epoch }: Start): boolean {
    const { last } = this.#feed;
    this.#hear(this.#feed.goLive(last && isAfter(last, upTo) ? last : upTo, epoch));
    return this.#feed.isLive;
  }

  /** null: what was read does not hold what the leader has published, or nobody wants to hear any more. */
  async #lookUp(last: Cursor): Promise<Start | null> {
    const { leader, projected, presenceSince, logReplaced } = this.#parts;
    const published = await leader.published();
    if (!published || this.#isOver || !(await projected.waitFor(published.position))) return null;
    while (!this.#isOver) {
      const { answer, upTo, epoch } = await presenceSince({ after: this.#readUpTo, limit: PAGE });
      if (this.#isOver) break;
      if (upTo.log !== last.log) {
        logReplaced();
        break;
      }
      this.#hear(answer.map((row) => stateOf(row, upTo.log)));
      this.#readUpTo = answer.at(-1)?.position ?? this.#readUpTo;
      if (answer.length === PAGE) continue;
      const isBehindLeader = epoch !== published.epoch || upTo.position < published.position;
      return isBehindLeader ? null : { upTo, epoch };
    }
    return null;
  }

  #hear(states: readonly PresenceState[]): void {
    if (states.length > 0) this.#parts.hear(states);
  }

  /** null: it says nothing to us, so there is a hole. A service of another version may have written it. */
  #decode(payload: string): PublishedPresence | null {
    try {
      return decodePresence(payload);
    } catch (err) {
      this.#parts.logger.warn({ err }, 'presence that cannot be read is looked up');
      return null;
    }
  }
}

const stateOf = ({ user_key, position, ...row }: PlacedPresence, log: string): PresenceState => ({
  userKey: user_key,
  cursor: { position, ordinal: 0, log },
  text: replyText(presenceFrame(row.is_online, row)),
});
