import pLimit from 'p-limit';
import type { Logger } from 'pino';
import type { Missed, ReadModels } from '../../read-models/read-models.ts';
import type { SocketMetrics } from './socket-metrics.ts';
import type { Tab } from './tab.ts';

/** After a broken bus connection every tab has a hole to fill; the database is not asked about all at once. */
const REFILLS_AT_ONCE = 8;

/** Looks up in the feed what tabs have missed. */
export class MissedPushes {
  readonly #missed: ReadModels['missed'];
  readonly #limit: number;
  readonly #metrics: SocketMetrics;
  readonly #logger: Logger;
  readonly #inTurn = pLimit(REFILLS_AT_ONCE);

  /** More than `limit` missed pushes are not looked up. */
  constructor(missed: ReadModels['missed'], limit: number, metrics: SocketMetrics, logger: Logger) {
    this.#missed = missed;
    this.#limit = limit;
    this.#metrics = metrics;
    this.#logger = logger;
  }

  /** Since the tab's cursor. Asked again when the bus was interrupted meanwhile; null: the tab has gone. */
  async by(tab: Tab, username: string): Promise<Missed | null> {
    while (tab.isOpen) {
      tab.feed.lookUp();
      const missed = await this.#missed(username, tab.feed.last, this.#limit);
      if (tab.isOpen && tab.feed.isWhole) return missed;
    }
    return null;
  }

  /**
   * Brings tabs whose live pushes have a hole up to date, or closes them so that they resume. As a resume, it waits for the
   * user's turn: a hole that somebody makes costs no more look-ups than a reconnection.
   */
  async refill(tabs: readonly Tab[]): Promise<void> {
    const refilled = tabs.map((tab) =>
      tab.user?.join({
        isResume: true,
        isWanted: () => tab.isOpen,
        work: () => this.#inTurn(() => this.#refill(tab)),
      }),
    );
    await Promise.all(refilled);
  }

  async #refill(tab: Tab): Promise<void> {
    try {
      const missed = tab.session && (await this.by(tab, tab.session.username));
      if (!missed) return;
      if (missed.outcome === 'incomplete') return this.#giveUp(tab);
      this.#metrics.replayed('refilled');
      tab.replay(missed.pushes);
      tab.goLive(missed.upTo);
    } catch (err) {
      this.#logger.warn({ err }, 'missed pushes could not be looked up');
      this.#giveUp(tab);
    }
  }

  #giveUp(tab: Tab): void {
    this.#metrics.replayed('failed');
    tab.close('CANCELLED');
  }
}
