import { runMeasure } from '../report/run-measure.ts';
import { measurePresence, STEPS } from './measure-presence.ts';
import { NAME, presenceSection, presenceTerminal } from './presence-tables.ts';

/*
 * `node dist/bench/presence/main.js`, from the root of the repository: what it costs to know who is online, in a storm and
 * from day to day. Exits with 1 when anything went wrong.
 */

await runMeasure({
  name: NAME,
  steps: STEPS,
  limitMs: 1_200_000,
  measure: measurePresence,
  terminal: presenceTerminal,
  section: presenceSection,
});
