import { setTimeout as sleep } from 'node:timers/promises';
import type { Crowd, CrowdUser } from '../load-generator/crowd.ts';
import { LoadGenerator } from '../load-generator/load-generator.ts';
import type { PageRequest } from '../load-generator/page-load.ts';
import { Contestant } from '../measures/contestant.ts';
import { serverSeconds } from '../measures/processor-cost.ts';
import type { Cleanup } from '../processes/cleanup.ts';
import type { SystemUnderTest } from '../systems/system-under-test.ts';
import type { HistoryPeople } from './history-people.ts';
import { messagePages } from './page-requests.ts';

/** Processor seconds of server and database per 1,000. */
export interface Costs {
  readonly sends: number;
  readonly connects: number;
  readonly pages: number;
}

const SEND_RATE = 1000;
/**
 * The first change of each page of an index after a checkpoint writes all of the page, which only a large index has
 * many of: that is over after some thousand messages.
 */
const WARM_UP = { rate: 2000, warmUpMs: 0, measuredMs: 3000 };
const CONNECTS = 2000;
/** At once, of one user: no more than anybody may have, since presence is noted with all of a user's tabs. */
const TABS_PER_USER = 20;
const PAGE_WARM_UP_MS = 1500;
const PAGE_CONNECTIONS = 4;
/** Those who leave give work as well, and not to what is measured next. */
const LEFT_AFTER_MS = 500;
const MS_PER_S = 1000;

/** A running Rally and those who keep it busy. */
export class CostMeter {
  readonly #rally: SystemUnderTest;
  readonly #generator: LoadGenerator;
  readonly #contestant: Contestant;
  readonly #users: CrowdUser[];
  readonly #requests: PageRequest[];

  private constructor(rally: SystemUnderTest, crowd: Crowd, people: HistoryPeople, generator: LoadGenerator) {
    this.#rally = rally;
    this.#generator = generator;
    this.#contestant = new Contestant(rally, generator);
    this.#users = crowd.pairs.flatMap((pair) => pair.users);
    this.#requests = messagePages(crowd, people);
  }

  static async connect(
    rally: SystemUnderTest,
    crowd: Crowd,
    people: HistoryPeople,
    cleanup: Cleanup,
  ): Promise<CostMeter> {
    const generator = new LoadGenerator(cleanup);
    await generator.connect(rally, crowd);
    return new CostMeter(rally, crowd, people, generator);
  }

  async warmUp(): Promise<void> {
    await this.#contestant.talk(WARM_UP);
    await this.#connect();
    await this.#read(PAGE_WARM_UP_MS);
  }

  /** Rejects with `DeliveryBroken` when a message was not delivered as it should be. */
  async measure(measuredMs: number): Promise<Costs> {
    return {
      sends: await this.#costOf(async () => {
        const { sent } = await this.#contestant.talk({ rate: SEND_RATE, warmUpMs: 0, measuredMs });
        return sent;
      }),
      connects: await this.#costOf(() => this.#connect()),
      pages: await this.#costOf(() => this.#read(measuredMs)),
    };
  }

  leave(): Promise<void> {
    return this.#generator.stop();
  }

  async #connect(): Promise<number> {
    const atOnce = this.#users.length * TABS_PER_USER;
    for (let left = CONNECTS; left > 0; left -= atOnce) {
      await this.#generator.sitIdle(this.#rally, this.#users, Math.min(left, atOnce));
      await this.#generator.leave();
    }
    await sleep(LEFT_AFTER_MS);
    return CONNECTS;
  }

  async #read(measuredMs: number): Promise<number> {
    const { address } = this.#rally;
    const { requestsPerS } = await this.#generator.readPages({
      address,
      requests: this.#requests,
      connections: PAGE_CONNECTIONS,
      warmUpMs: 0,
      measuredMs,
    });
    return (requestsPerS * measuredMs) / MS_PER_S;
  }

  /** Per 1,000 of what `work` did. */
  async #costOf(work: () => Promise<number>): Promise<number> {
    const { pid } = this.#rally;
    const used = () => serverSeconds(pid, this.#generator.pid);
    const before = await used();
    const done = await work();
    return (((await used()) - before) / done) * 1000;
  }
}
