import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { jittered } from '../../platform/pause.ts';
import type { Cursor } from '../../protocol/cursor.ts';
import type { Missed } from '../../read-models/feed/missed.ts';
import type { ReadModels } from '../../read-models/read-models.ts';
import type { Leader } from '../leader.ts';
import type { ProjectedPosition } from '../projected-position.ts';
import type { PresencePushes } from './presence/presence-pushes.ts';
import type { SocketMetrics } from './socket-metrics.ts';
import type { Tab } from './tab.ts';

/** Before rows are read again that were behind what has been published, or of another leader than the one who had answered. */
const AGAIN_MS = 50;

export interface MissedPushesParts {
  readonly missed: ReadModels['missed'];
  readonly leader: Pick<Leader, 'published'>;
  readonly projected: Pick<ProjectedPosition, 'waitFor'>;
  readonly presencePushes: Pick<PresencePushes, 'admits'>;
  /** More missed pushes are not looked up. */
  readonly limit: number;
  /** How long a tab waits until somebody leads and the read models have caught up. */
  readonly patienceMs: number;
  readonly metrics: SocketMetrics;
  readonly logger: Logger;
}

/** Looks up what tabs have missed: so that with what is pushed from then on they have everything. */
export class MissedPushes {
  readonly #parts: MissedPushesParts;

  constructor(parts: MissedPushesParts) {
    this.#parts = parts;
  }

  /**
   * Since the tab's cursor, up to a place beyond which every push reaches the tab, whose subscriptions are confirmed: see
   * `docs/decisions/0032-frames-before-rows.md`. null: the tab has gone. Rejects when that place cannot be had in time.
   */
  lookUp(tab: Tab, username: string): Promise<Missed | null> {
    return this.#lookUp(tab, username);
  }

  /**
   * Brings tabs whose live pushes have a hole up to date, or closes them so that they resume. As a resume, it waits for the
   * user's turn: a hole that somebody makes costs no more look-ups than a reconnection.
   */
  async refill(tabs: readonly Tab[]): Promise<void> {
    const refilled = tabs.map((tab) =>
      tab.user?.join({ isResume: true, isWanted: () => tab.isOpen, work: () => this.#refill(tab) }),
    );
    await Promise.all(refilled);
  }

  /** What was pushed may have been lost meanwhile, or another leader may have taken over: then it is done again. */
  async #lookUp(tab: Tab, username: string): Promise<Missed | null> {
    const { patienceMs, projected, presencePushes } = this.#parts;
    const deadline = performance.now() + patienceMs;
    let waitsForAhead = true;
    while (tab.isOpen) {
      tab.feed.beginLookUp();
      const missed = await this.#readBehindLeader(tab, username);
      if (!tab.isOpen) break;
      const isLate = performance.now() >= deadline;
      const ahead = missed && waitsForAhead ? placeAhead(tab.feed.last, missed.upTo) : null;
      const isFound = missed !== null && tab.feed.isWhole && (isLate || ahead === null);
      if (isFound && presencePushes.admits(tab, missed)) return missed;
      if (isLate) throw new Error('nobody leads the projection, or it has not caught up');
      // The tab has seen a push whose row is not written yet; or its cursor is invented, and its place never comes.
      if (ahead !== null) waitsForAhead = await projected.waitFor(ahead);
      if (ahead !== null || !missed || isFound) await pause(jittered(AGAIN_MS), null, { ref: false });
    }
    return null;
  }

  /** null: what was read does not hold what the leader has published. */
  async #readBehindLeader(tab: Tab, username: string): Promise<Missed | null> {
    const { missed: find, leader, projected, limit } = this.#parts;
    const published = await leader.published();
    if (!published || !tab.isOpen || !(await projected.waitFor(published.position))) return null;
    const missed = await find(username, tab.feed.last, limit);
    return missed.epoch === published.epoch && missed.upTo.position >= published.position ? missed : null;
  }

  async #refill(tab: Tab): Promise<void> {
    const { metrics, logger } = this.#parts;
    try {
      const missed = tab.session && (await this.#lookUp(tab, tab.session.username));
      if (!missed) return;
      if (missed.outcome === 'incomplete') return this.#giveUp(tab);
      metrics.replayed('refilled');
      tab.replay(missed.pushes);
      tab.goLive(missed);
    } catch (err) {
      logger.warn({ err }, 'missed pushes could not be looked up');
      this.#giveUp(tab);
    }
  }

  #giveUp(tab: Tab): void {
    this.#parts.metrics.replayed('failed');
    tab.close('CANCELLED');
  }
}

/** Where a cursor of the same log is, if that is beyond `upTo`. */
const placeAhead = (cursor: Cursor | null, upTo: Cursor): bigint | null =>
  cursor && cursor.log === upTo.log && cursor.position > upTo.position ? cursor.position : null;
