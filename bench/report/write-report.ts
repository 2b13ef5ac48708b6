import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchReport } from './bench-report.ts';
import { latencyChart } from './latency-chart.ts';
import { markdownSection } from './markdown.ts';
import { withSection } from './results-page.ts';

const EMPTY_PAGE = '# Results\n';

/** Writes the run's figures, its chart and its section of `RESULTS.md` below `bench/` of the working directory. */
export async function writeReport(report: BenchReport): Promise<string> {
  const results = join('bench', 'results');
  await mkdir(results, { recursive: true });
  const stamp = report.date.slice(0, 16).replace(':', '-');
  const json = join(results, `${stamp}-${report.plan}.json`);
  const chart = `latency-${report.plan}.svg`;
  const page = join('bench', 'RESULTS.md');
  await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(join(results, chart), await latencyChart(report));
  const before = await readFile(page, 'utf8').catch(() => EMPTY_PAGE);
  await writeFile(page, withSection(before, report.plan, markdownSection(report, `results/${chart}`)));
  return json;
}
