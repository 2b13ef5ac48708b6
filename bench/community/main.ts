import { Cleanup } from '../processes/cleanup.ts';
import { endingWith, failureText } from '../processes/ending.ts';
import { Progress } from '../report/progress.ts';
import { writeRun } from '../report/write-report.ts';
import { communitySection, communityTerminal, NAME } from './community-tables.ts';
import { measureCommunity, STEPS } from './measure-community.ts';

/*
 * `node dist/bench/community/main.js`, from the root of the repository: what pages and announcements cost where there are
 * many users. Exits with 1 when anything went wrong.
 */

/** Far longer than it takes even on a machine that has much else to do: then something hangs, and the run fails. */
const LIMIT_MS = 600_000;

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const progress = new Progress(STEPS, say);
const cleanup = new Cleanup();
const end = endingWith(cleanup, say, () => progress.stop());
setTimeout(() => end(1, `failed: not done after ${LIMIT_MS / 60_000} minutes`), LIMIT_MS);

try {
  const report = await measureCommunity(cleanup, (step) => progress.step(step));
  progress.stop();
  process.stdout.write(`${communityTerminal(report)}\n`);
  await end(0, `written: bench/RESULTS.md and ${await writeRun(NAME, report, communitySection(report))}`);
} catch (error) {
  await end(1, failureText(error));
}
