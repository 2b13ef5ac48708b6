import { runMeasure } from '../report/run-measure.ts';
import { communitySection, communityTerminal, NAME } from './community-tables.ts';
import { measureCommunity, STEPS } from './measure-community.ts';

/*
 * `node dist/bench/community/main.js`, from the root of the repository: what pages and announcements cost where there are
 * many users. Exits with 1 when anything went wrong.
 */

await runMeasure({
  name: NAME,
  steps: STEPS,
  limitMs: 600_000,
  measure: measureCommunity,
  terminal: communityTerminal,
  section: communitySection,
});
