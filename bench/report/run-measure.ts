import { Cleanup } from '../processes/cleanup.ts';
import { endingWith, failureText } from '../processes/ending.ts';
import { Progress } from './progress.ts';
import { writeRun } from './write-report.ts';

export interface Measure<Report extends { readonly date: string }> {
  /** The target of the Makefile, by which its section of `RESULTS.md` is named; null: a try, nothing is written. */
  readonly name: string | null;
  /** How often `onStep` is called. */
  readonly steps: number;
  /** Far longer than it takes even on a machine that has much else to do: then something hangs, and the run fails. */
  readonly limitMs: number;
  /** Rejects when anything went wrong. What it starts ends by `cleanup`, however the run ends. */
  measure(cleanup: Cleanup, onStep: (step: string) => void): Promise<Report>;
  /** What a person sees at the end. */
  terminal(report: Report): string;
  section(report: Report): string;
}

/** Measures with progress, prints the figures, writes them, and ends the process: with 1 when anything went wrong. */
export async function runMeasure<Report extends { readonly date: string }>({
  name,
  steps,
  limitMs,
  measure,
  terminal,
  section,
}: Measure<Report>): Promise<void> {
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const progress = new Progress(steps, say);
  const cleanup = new Cleanup();
  const end = endingWith(cleanup, say, () => progress.stop());
  setTimeout(() => end(1, `failed: not done after ${limitMs / 60_000} minutes`), limitMs);
  try {
    const report = await measure(cleanup, (step) => progress.step(step));
    progress.stop();
    process.stdout.write(`${terminal(report)}\n`);
    if (name === null) await end(0, 'a try: nothing was written');
    else await end(0, `written: bench/RESULTS.md and ${await writeRun(name, report, section(report))}`);
  } catch (error) {
    await end(1, failureText(error));
  }
}
