import { runMeasure } from '../report/run-measure.ts';
import { measureRebuild, STEPS } from './measure-rebuild.ts';
import { NAME, rebuildSection, rebuildTerminal } from './rebuild-tables.ts';

/*
 * `node dist/bench/rebuild/main.js [messages]`, from the root of the repository: how long read models take to be made anew while those in
 * use serve. With another number of messages it is a try, and writes nothing; what begins with a dash goes to the Node of the rebuild,
 * such as `--cpu-prof`. Exits with 1 when anything went wrong.
 */

/** So many that the first seconds, in which code is not compiled yet, are few of all. */
const MESSAGES = 400_000;
const given = process.argv.slice(2);
const flags = given.filter((argument) => argument.startsWith('-'));
const messages = Number(given.find((argument) => !argument.startsWith('-')) ?? MESSAGES);

await runMeasure({
  name: messages === MESSAGES && flags.length === 0 ? NAME : null,
  steps: STEPS,
  limitMs: 600_000,
  measure: (cleanup, onStep) => measureRebuild(messages, flags, cleanup, onStep),
  terminal: rebuildTerminal,
  section: rebuildSection,
});
