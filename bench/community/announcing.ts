import { withRally } from '../history/history.ts';
import { LoadGenerator } from '../load-generator/load-generator.ts';
import { serverSeconds } from '../measures/processor-cost.ts';
import { spreadOf } from '../measures/spread.ts';
import type { Cleanup } from '../processes/cleanup.ts';
import type { SystemUnderTest } from '../systems/system-under-test.ts';
import { type Community, TABS_PER_USER } from './community.ts';
import type { Announcing } from './community-result.ts';

/** Of each. More and shorter ones: a disturbance of the machine then spoils one of many. */
const ROUNDS = 8;
/** The tabs' users announce in turn, and all rounds together take less than ten minutes, in which each may announce five. */
const ANNOUNCEMENTS = 12;
const MS_PER_S = 1000;

/**
 * The same announcements in two communities. Both Rallies run, warmed up alike, and are measured in turn, first one first and
 * then the other, so that the machine's moods are shared.
 */
export const measureAnnouncing = (
  few: Community,
  many: Community,
  cleanup: Cleanup,
): Promise<[Announcing, Announcing]> =>
  withMeter(few, cleanup, (ofFew) =>
    withMeter(many, cleanup, async (ofMany) => {
      const measured = [ofFew, ofMany].map((measure) => ({ measure, rounds: [] as Figures[] }));
      for (const { measure } of measured) await measure();
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const { measure, rounds } of round % 2 === 0 ? measured : measured.toReversed())
          rounds.push(await measure());
      }
      const [first = [], second = []] = measured.map(({ rounds }) => rounds);
      return [spreadOfFigures(first), spreadOfFigures(second)];
    }),
  );

/** Of one round; milliseconds. */
type Figures = Readonly<Record<keyof Announcing, number>>;

const withMeter = <Result>(
  { directory, crowd }: Community,
  cleanup: Cleanup,
  work: (measure: () => Promise<Figures>) => Promise<Result>,
): Promise<Result> =>
  withRally(directory, cleanup, async (rally) => {
    const generator = new LoadGenerator(cleanup);
    try {
      await generator.gather({ address: rally.address, users: [...crowd], tabsPerUser: TABS_PER_USER });
      return await work(() => measure(rally, generator));
    } finally {
      await generator.stop();
    }
  });

async function measure({ pid }: SystemUnderTest, generator: LoadGenerator): Promise<Figures> {
  const usedS = () => serverSeconds(pid, generator.pid);
  const before = await usedS();
  const { answered, heard } = await generator.announce(ANNOUNCEMENTS);
  const processor = (((await usedS()) - before) / ANNOUNCEMENTS) * MS_PER_S;
  return { answered: answered.p50, heard: heard.p50, processor };
}

const spreadOfFigures = (rounds: readonly Figures[]): Announcing => ({
  answered: spreadOf(rounds.map(({ answered }) => answered)),
  heard: spreadOf(rounds.map(({ heard }) => heard)),
  processor: spreadOf(rounds.map(({ processor }) => processor)),
});
