import type { LeftOut } from './measures/budget.ts';
import { FULL, QUICK, withEventStoreDb } from './plan.ts';
import { Cleanup } from './processes/cleanup.ts';
import { endingWith, failureText } from './processes/ending.ts';
import { Progress } from './report/progress.ts';
import { terminalTables } from './report/terminal-table.ts';
import { writeReport } from './report/write-report.ts';
import { runBench, stepsOf } from './run-bench.ts';
import { findField } from './systems/field.ts';

/*
 * `node dist/bench/main.js [full]`, from the root of the repository; also on EventStoreDB when `EVENTSTORE_URL` names one. Exits with 1 when a message was lost, doubled or
 * reordered, or when anything else went wrong; what a slow machine has no time for is left out.
 */

const HANGING_MS = 60_000;

const { EVENTSTORE_URL } = process.env;
const ownPlan = process.argv[2] === 'full' ? FULL : QUICK;
const plan = EVENTSTORE_URL ? withEventStoreDb(ownPlan) : ownPlan;
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const field = findField(EVENTSTORE_URL);
const progress = new Progress(stepsOf(plan, field), say);
const cleanup = new Cleanup();

const end = endingWith(cleanup, say, () => progress.stop());
// What has a time of its own is left out by then: whatever is still not done hangs.
setTimeout(() => end(1, 'failed: it does not end'), plan.limitMs + HANGING_MS);

const onLeftOut = ({ name, why }: LeftOut): void => say(`left out: ${name}: ${why}`);
for (const absent of field.absent) onLeftOut(absent);
try {
  const report = await runBench(plan, field, cleanup, {
    onStep: (step) => progress.step(step),
    onLeftOut,
  });
  progress.stop();
  process.stdout.write(`${terminalTables(report)}\n`);
  await end(0, `written: bench/RESULTS.md and ${await writeReport(report)}`);
} catch (error) {
  await end(1, failureText(error));
}
