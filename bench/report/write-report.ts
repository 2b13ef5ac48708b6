import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchReport } from './bench-report.ts';
import { latencyChart } from './latency-chart.ts';
import { markdownSection } from './markdown.ts';
import { withSection } from './results-page.ts';

const EMPTY_PAGE = '# Results\n';

const RESULTS = join('bench', 'results');

/** As `writeRun`, with a chart. */
export async function writeReport(report: BenchReport): Promise<string> {
  const chart = `latency-${report.plan}.svg`;
  const json = await writeRun(report.plan, report, markdownSection(report, `results/${chart}`));
  await writeFile(join(RESULTS, chart), await latencyChart(report));
  return json;
}

/** Writes a run's figures and its section of `RESULTS.md` below `bench/` of the working directory. `name`: the target of the Makefile. */
export async function writeRun(
  name: string,
  report: { readonly date: string },
  section: string,
): Promise<string> {
  await mkdir(RESULTS, { recursive: true });
  const stamp = report.date.slice(0, 16).replace(':', '-');
  const json = join(RESULTS, `${stamp}-${name}.json`);
  const page = join('bench', 'RESULTS.md');
  await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
  const before = await readFile(page, 'utf8').catch(() => EMPTY_PAGE);
  await writeFile(page, withSection(before, name, section));
  return json;
}
