import { Cleanup } from '../processes/cleanup.ts';
import { endingWith, failureText } from '../processes/ending.ts';
import { Progress } from '../report/progress.ts';
import { writeRun } from '../report/write-report.ts';
import { measureWeb, STEPS } from './measure-web.ts';
import { NAME, webSection, webTerminal } from './web-tables.ts';

/*
 * `node dist/bench/web/main.js`, from the root of the repository: how the web client does in a Chromium, with a long history and
 * while messages pour in. Exits with 1 when anything went wrong.
 */

/** Far longer than it takes even on a machine that has much else to do: then something hangs, and the run fails. */
const LIMIT_MS = 300_000;

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const progress = new Progress(STEPS, say);
const cleanup = new Cleanup();
const end = endingWith(cleanup, say, () => progress.stop());
setTimeout(() => end(1, `failed: not done after ${LIMIT_MS / 60_000} minutes`), LIMIT_MS);

try {
  const report = await measureWeb(cleanup, (step) => progress.step(step));
  progress.stop();
  process.stdout.write(`${webTerminal(report)}\n`);
  await end(0, `written: bench/RESULTS.md and ${await writeRun(NAME, report, webSection(report))}`);
} catch (error) {
  await end(1, failureText(error));
}
