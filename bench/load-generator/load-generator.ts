import type { Cleanup } from '../processes/cleanup.ts';
import { type EntryProcess, forkEntry } from '../processes/fork-entry.ts';
import type { AnnouncementsResult, AudienceSize } from './announcements.ts';
import type { Crowd, CrowdUser } from './crowd.ts';
import type { DeliveryFaults } from './delivery-faults.ts';
import { type Answer, answer, type Listener, type Order } from './orders.ts';
import type { PageLoad, PageLoadResult } from './page-load.ts';
import type { Outlasting, OutlastingResult, ResumingCrowd } from './resume.ts';
import type { SteadyLoad, SteadyLoadResult } from './steady-load.ts';
import type { StormLoad, StormResult } from './storm.ts';

/** A load generator in a process of its own, as the benchmark sees it. Give it one thing to do at a time. */
export class LoadGenerator {
  readonly #child: EntryProcess;

  constructor(cleanup: Cleanup) {
    this.#child = forkEntry({ entry: 'bench/load-generator/main.js', cleanup });
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Resolves when every tab of the crowd has been welcomed. */
  async connect({ address, dialect }: Listener, crowd: Crowd): Promise<void> {
    await this.#order({ do: 'connect', to: { address, dialect }, crowd });
  }

  async talk(load: SteadyLoad): Promise<SteadyLoadResult> {
    return (await this.#order({ do: 'talk', load })).result;
  }

  async lookBack(): Promise<DeliveryFaults> {
    return (await this.#order({ do: 'look back' })).faults;
  }

  async sitIdle({ address, dialect }: Listener, users: CrowdUser[], count: number): Promise<void> {
    await this.#order({ do: 'sit idle', to: { address, dialect }, users, count });
  }

  /** Closes the idle sockets; resolves with how many had broken before. */
  async leave(): Promise<number> {
    return (await this.#order({ do: 'leave' })).broken;
  }

  /** Rejects when a page was not answered with 200: it costs, but does not count. */
  async readPages(load: PageLoad): Promise<PageLoadResult> {
    const { result } = await this.#order({ do: 'read pages', load });
    if (result.failed > 0) throw new LoadGeneratorFailed(`${result.failed} pages were not answered with 200`);
    return result;
  }

  /** Resolves when every tab of the audience has been welcomed. */
  async gather(audience: AudienceSize): Promise<void> {
    await this.#order({ do: 'gather', audience });
  }

  /** Rejects when one is refused, or does not reach every tab. */
  async announce(count: number): Promise<AnnouncementsResult> {
    return (await this.#order({ do: 'announce', count })).result;
  }

  async storm(load: StormLoad): Promise<StormResult> {
    return (await this.#order({ do: 'storm', load })).result;
  }

  /** Resolves when every tab of the crowd has been welcomed. */
  async sitDown(crowd: ResumingCrowd): Promise<void> {
    await this.#order({ do: 'sit down', crowd });
  }

  async outlast(load: Outlasting): Promise<OutlastingResult> {
    return (await this.#order({ do: 'outlast', load })).result;
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }

  async #order<What extends Order['do']>(
    order: Extract<Order, { do: What }>,
  ): Promise<Extract<Answer, { of: What }>> {
    this.#child.send(order);
    const given = answer.parse(await this.#child.nextMessage());
    if (given.of === 'failure') throw new LoadGeneratorFailed(given.message);
    if (!isAnswerTo(order.do, given)) throw new LoadGeneratorFailed(`answered ${given.of} to ${order.do}`);
    return given;
  }
}

const isAnswerTo = <What extends Order['do']>(
  what: What,
  given: Answer,
): given is Extract<Answer, { of: What }> => given.of === what;

export class LoadGeneratorFailed extends Error {
  override readonly name = 'LoadGeneratorFailed';
}
