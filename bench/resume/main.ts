import { runMeasure } from '../report/run-measure.ts';
import { measureResume, STEPS } from './measure-resume.ts';
import { NAME, resumeSection, resumeTerminal } from './resume-tables.ts';

/*
 * `node dist/bench/resume/main.js [tabs]`, from the root of the repository: how tabs come back that have lost their gateway. With
 * another number of tabs it is a try, and writes nothing. Exits with 1 when anything went wrong.
 */

const TABS = 10_000;
const tabs = Number(process.argv[2] ?? TABS);

await runMeasure({
  name: tabs === TABS ? NAME : null,
  steps: STEPS,
  limitMs: 600_000,
  async measure(cleanup, onStep) {
    if (!Number.isInteger(tabs / 2) || tabs < 2) throw new RangeError('so many tabs: an even number');
    return measureResume(tabs, cleanup, onStep);
  },
  terminal: resumeTerminal,
  section: resumeSection,
});
