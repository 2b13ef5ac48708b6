import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { MessageBus } from '../../../platform/message-bus/message-bus.ts';
import { type Cursor, isAfter } from '../../../protocol/cursor.ts';
import type { PresenceState } from '../../../protocol/presence-states.ts';
import type { ReadModels } from '../../../read-models/read-models.ts';
import type { Leader } from '../../leader.ts';
import type { ProjectedPosition } from '../../projected-position.ts';
import type { EncodeText } from '../../public-server/public-server.ts';
import { DeliveryRounds } from './delivery-rounds.ts';
import { PresenceBoard } from './presence-board.ts';
import { PresenceFeed, type Start } from './presence-feed.ts';
import { PresenceFrames } from './presence-frames.ts';
import { PresenceListener, type PresenceTab } from './presence-listener.ts';
import { createPresenceMetrics, type PresenceMetrics, type PresenceSize } from './presence-metrics.ts';
import { WatchIndex, WatchList } from './watch-lists.ts';

/**
 * Users on the board at most, a few hundred bytes each: what a tab that may have `FRAMES_PER_SECOND` is sent in four minutes. When it is
 * full, the tabs that are furthest behind, so far that this share of it is all theirs, are closed as slow consumers.
 */
const BOARD_LIMIT = 50_000;
const SHARE_OF_FURTHEST = 0.25;

export interface PresencePushesParts {
  readonly bus: MessageBus;
  readonly leader: Pick<Leader, 'published'>;
  readonly projected: Pick<ProjectedPosition, 'waitFor'>;
  readonly presenceSince: ReadModels['presenceSince'];
  readonly encodeText: EncodeText;
  readonly registry: Registry;
  readonly logger: Logger;
  readonly boardLimit?: number;
}

/**
 * Tells this gateway's tabs who is online: each tab the newest state of each user, at most `FRAMES_PER_SECOND`, the last one always, however
 * much happens and however slowly it reads. It costs memory for the newest frame of each user, once for all tabs that hear of everybody,
 * and for each tab that watches somebody what is on its list. While there is no tab here it hears nothing.
 */
export class PresencePushes {
  readonly #boardLimit: number;
  readonly #feed: PresenceFeed;
  readonly #listeners = new Map<string, PresenceListener>();
  readonly #frames: PresenceFrames;
  readonly #board = new PresenceBoard();
  readonly #watched = new WatchIndex();
  readonly #rounds: DeliveryRounds<PresenceListener>;
  readonly #metrics: PresenceMetrics;
  /** Those who hear of everybody. */
  #onBoard = 0;

  constructor(parts: PresencePushesParts) {
    this.#boardLimit = parts.boardLimit ?? BOARD_LIMIT;
    this.#frames = new PresenceFrames(parts.encodeText);
    this.#feed = new PresenceFeed({
      ...parts,
      hear: (states) => this.#hear(states),
      logReplaced: () => this.#closeAll(),
    });
    this.#metrics = createPresenceMetrics(parts.registry, () => this.size);
    this.#rounds = new DeliveryRounds({
      receivers: () => this.#listeners.values(),
      serve: (listener, now) => {
        const count = listener.serve(now);
        if (count > 0) this.#metrics.sent(count);
        return listener.hasPending;
      },
      ended: (tookMs) => {
        this.#forgetSeen();
        this.#metrics.roundEnded(tookMs / 1000);
      },
    });
  }

  get size(): PresenceSize {
    return { pendingUsers: this.#board.size, watchedUsers: this.#watched.size };
  }

  /** See `PresenceFeed.last`. */
  get last(): Cursor | null {
    return this.#feed.last;
  }

  /**
   * The tab has its place. Resolves when what is published from now on comes here; rejects when it cannot. Then it is looked up what the tab
   * has missed so far, and `admits` is asked.
   */
  async join(tab: PresenceTab): Promise<void> {
    this.#listeners.set(tab.id, new PresenceListener(tab, this.#board, this.#feed.last));
    this.#onBoard += 1;
    await this.#feed.listen();
  }

  /**
   * Whether the tab, once it is welcomed at this place, is told of all that is beyond it. What comes first begins the feed. false: something
   * beyond it was heard before the tab had its place, of a leader that wrote no rows; the tab has to read again what it missed.
   */
  admits(tab: PresenceTab, start: Start): boolean {
    this.#feed.begin(start);
    const from = this.#listeners.get(tab.id)?.from ?? this.#feed.start;
    return !from || from.log !== start.upTo.log || !isAfter(from, start.upTo);
  }

  leave(tab: PresenceTab): void {
    const listener = this.#listeners.get(tab.id);
    if (!listener) return;
    this.#listeners.delete(tab.id);
    if (listener.list) this.#watched.remove(listener.list);
    else this.#leaveBoard();
    if (this.#listeners.size === 0) this.#feed.end();
  }

  /** From now on the tab hears of these alone. null: it has gone. What is so now is for the caller to read, as `join` says, and to fill in. */
  watch(tabId: string, userKeys: ReadonlySet<string>): WatchList | null {
    const listener = this.#listeners.get(tabId);
    if (!listener) return null;
    const { list: former } = listener;
    if (former) this.#watched.remove(former);
    const list = new WatchList(userKeys);
    listener.watch(list);
    this.#watched.add(list);
    if (!former) this.#leaveBoard();
    return list;
  }

  /** Of these it is read what is so now. */
  fill(
    list: WatchList,
    states: readonly { readonly userKey: string; readonly text: string }[],
    upTo: bigint,
  ): void {
    list.fill(
      states.map(({ userKey, text }) => this.#frames.frame(userKey, upTo, text)),
      upTo,
    );
    this.#rounds.wake();
  }

  /** The bus may have lost something. */
  interrupted(): void {
    this.#feed.interrupted();
  }

  #hear(states: readonly PresenceState[]): void {
    for (const { userKey, cursor, text } of states) {
      const frame = this.#frames.frame(userKey, cursor.position, text);
      if (this.#onBoard > 0 && this.#board.put(frame)) this.#metrics.leftOut();
      for (const list of this.#watched.on(userKey)) if (list.hear(frame)) this.#metrics.leftOut();
    }
    while (this.#board.size > this.#boardLimit) this.#makeRoom();
    if (this.#listeners.size > 0) this.#rounds.wake();
  }

  #leaveBoard(): void {
    this.#onBoard -= 1;
    if (this.#onBoard === 0) this.#board.forgetBefore(this.#board.end);
  }

  /** What all tabs have had. */
  #forgetSeen(): void {
    let place = this.#board.end;
    for (const listener of this.#listeners.values()) place = Math.min(place, listener.place ?? place);
    this.#board.forgetBefore(place);
  }

  #makeRoom(): void {
    const border = this.#board.placeAfter(this.#boardLimit * SHARE_OF_FURTHEST);
    for (const { tab, place } of [...this.#listeners.values()])
      if (place !== null && place < border) tab.close('SLOW_CONSUMER');
    this.#forgetSeen();
  }

  #closeAll(): void {
    for (const { tab } of [...this.#listeners.values()]) tab.close('CANCELLED');
  }
}
