import fc from 'fast-check';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import type { FoldedFrame } from '../../projection-service/folding.ts';
import type { PresenceState } from '../../protocol/presence-states.ts';
import type { ReadModels } from '../../read-models/read-models.ts';
import type { ReadSide, ReadSides } from '../projection-service/read-side.ts';
import { act, Life } from './any-life.ts';
import { Community, isFor } from './community.ts';
import { MemberTab, type PlayedTab } from './member-tab.ts';

const TABS_EACH = 2;

const tabStep = <Step extends string>(step: Step) =>
  fc.record({ step: fc.constant(step), tab: fc.nat(100), which: fc.nat(20) });

/** What people do, and what happens between two acts, in any order. */
const anyStep = fc.oneof(
  { weight: 30, arbitrary: act },
  {
    weight: 8,
    arbitrary: fc.record({
      step: fc.constant('fold'),
      events: fc.integer({ min: 1, max: 6 }),
      writeEnds: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ step: fc.constantFrom('begin to write', 'end the write') }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('change the leader') }) },
  { weight: 4, arbitrary: tabStep('receive') },
  { weight: 3, arbitrary: tabStep('load') },
  { weight: 1, arbitrary: tabStep('resume') },
  { weight: 1, arbitrary: tabStep('compare') },
);

type Step = typeof anyStep extends fc.Arbitrary<infer S> ? S : never;

const anyHistory = fc.array(anyStep, { minLength: 60, maxLength: 160 });

/**
 * Plays so many histories, each on read models of its own, and checks what has become of it once all is folded, told and written. A
 * history that fails is told with its seed, and not made shorter: that takes longer than a test may, and is done by whoever looks into it.
 */
export const forAnyHistory = (
  sides: ReadSides,
  numRuns: number,
  check: (play: Play, side: ReadSide) => Promise<void>,
  openTab: OpenTab = MemberTab.open,
): Promise<void> =>
  fc.assert(
    fc.asyncProperty(anyHistory, async (steps) => {
      const side = await sides.open();
      const play = await Play.begin(side, openTab);
      for (const each of steps) await play.step(each);
      await play.catchUp();
      await check(play, side);
      await side.close();
      await sides.pool.query(`drop schema ${side.schema} cascade`);
    }),
    { numRuns, endOnFailure: true },
  );

type OpenTab = (username: string, others: readonly string[], models: ReadModels) => Promise<PlayedTab>;

/** People with two tabs each, while they live. */
class Play {
  /** All that left, in order; also what a later leader told again. */
  readonly frames: FoldedFrame[] = [];
  /** Who came online or went offline, likewise. */
  readonly states: PresenceState[] = [];
  readonly #community: Community;
  readonly #life: Life;
  readonly #tabs: PlayedTab[] = [];
  readonly #openTab: OpenTab;

  private constructor(side: ReadSide, openTab: OpenTab) {
    this.#openTab = openTab;
    this.#community = new Community(side, ({ frames, states }) => {
      this.frames.push(...frames);
      this.states.push(...states);
      for (const frame of frames)
        for (const tab of this.#tabs) if (isFor(tab.username, frame.to)) tab.send(frame);
    });
    this.#life = new Life(this.#community);
  }

  static async begin(side: ReadSide, openTab: OpenTab): Promise<Play> {
    const play = new Play(side, openTab);
    await play.#life.found();
    await play.#community.catchUp();
    await play.#openTabs();
    return play;
  }

  get log(): readonly RecordedEvent[] {
    return this.#community.log.events;
  }

  get members(): readonly string[] {
    return this.#life.members;
  }

  async step(step: Step): Promise<void> {
    const community = this.#community;
    switch (step.step) {
      case 'act':
        return this.#life.act(step);
      case 'fold':
        return community.fold(step.events, step.writeEnds);
      case 'begin to write':
        return community.beginWrite();
      case 'end the write':
        return community.endWrite();
      case 'change the leader':
        return community.changeLeader();
      case 'receive':
        return this.#tab(step.tab).receive(step.which);
      case 'load':
        return this.#tab(step.tab).load(step.which);
      case 'resume':
        await community.catchUp();
        return this.#tab(step.tab).resume();
      case 'compare':
        await community.catchUp();
        await this.#openTabs();
        return this.#tab(step.tab).expectFresh();
      default:
        return step satisfies never;
    }
  }

  catchUp(): Promise<void> {
    return this.#community.catchUp();
  }

  /** All has to be folded, told and written. */
  async expectFreshTabs(): Promise<void> {
    for (const tab of this.#tabs) await tab.expectFresh();
  }

  /** Of those who have none. All that was asked for is written. */
  async #openTabs(): Promise<void> {
    const { members } = this.#life;
    for (const member of members) {
      if (this.#tabs.some(({ username }) => username === member)) continue;
      const others = members.filter((name) => name !== member);
      for (let index = 0; index < TABS_EACH; index += 1) {
        const tab = await this.#openTab(member, others, this.#community.side.models);
        this.#tabs.push(tab);
        if (index === 0) await tab.load();
      }
    }
  }

  #tab(index: number): PlayedTab {
    const tab = this.#tabs[index % this.#tabs.length];
    if (!tab) throw new Error('nobody has a tab');
    return tab;
  }
}
