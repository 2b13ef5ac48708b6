import Table from 'cli-table3';
import { aims } from './aims.ts';
import type { BenchReport } from './bench-report.ts';
import { absences, comparisons } from './comparison.ts';
import { AIMS_HEAD, aimRows } from './figures.ts';

/** What a person sees at the end. */
export const terminalTables = (report: BenchReport): string =>
  [
    ...comparisons(report).map(({ head, rows }) => table(head, rows)),
    ...absences(report),
    table(AIMS_HEAD, aimRows(aims(report))),
  ].join('\n');

/** No colours: it is also read in files. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const made = new Table({
    style: { head: [], border: [], compact: true },
    head: [...head],
    colAligns: head.map((_, column) => (column === 0 ? 'left' : 'right')),
  });
  made.push(...rows.map((cells) => [...cells]));
  return `${made}`;
}
