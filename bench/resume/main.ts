import { Cleanup } from '../processes/cleanup.ts';
import { endingWith, failureText } from '../processes/ending.ts';
import { Progress } from '../report/progress.ts';
import { writeRun } from '../report/write-report.ts';
import { measureResume, STEPS } from './measure-resume.ts';
import { NAME, resumeSection, resumeTerminal } from './resume-tables.ts';

/*
 * `node dist/bench/resume/main.js [tabs]`, from the root of the repository: how tabs come back that have lost their gateway. With
 * another number of tabs it is a try, and writes nothing. Exits with 1 when anything went wrong.
 */

const TABS = 10_000;
/** Far longer than it takes even on a machine that has much else to do: then something hangs, and the run fails. */
const LIMIT_MS = 600_000;

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const progress = new Progress(STEPS, say);
const cleanup = new Cleanup();
const end = endingWith(cleanup, say, () => progress.stop());
setTimeout(() => end(1, `failed: not done after ${LIMIT_MS / 60_000} minutes`), LIMIT_MS);

try {
  const tabs = Number(process.argv[2] ?? TABS);
  if (!Number.isInteger(tabs / 2) || tabs < 2) throw new RangeError('so many tabs: an even number');
  const report = await measureResume(tabs, cleanup, (step) => progress.step(step));
  progress.stop();
  process.stdout.write(`${resumeTerminal(report)}\n`);
  if (tabs !== TABS) await end(0, 'a try: nothing was written');
  else await end(0, `written: bench/RESULTS.md and ${await writeRun(NAME, report, resumeSection(report))}`);
} catch (error) {
  await end(1, failureText(error));
}
