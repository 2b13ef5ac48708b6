import { runMeasure } from '../report/run-measure.ts';
import { measureWeb, STEPS } from './measure-web.ts';
import { NAME, webSection, webTerminal } from './web-tables.ts';

/*
 * `node dist/bench/web/main.js`, from the root of the repository: how the web client does in a Chromium, with a long history and
 * while messages pour in. Exits with 1 when anything went wrong.
 */

await runMeasure({
  name: NAME,
  steps: STEPS,
  limitMs: 300_000,
  measure: measureWeb,
  terminal: webTerminal,
  section: webSection,
});
