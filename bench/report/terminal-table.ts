import Table from 'cli-table3';
import { aims } from './aims.ts';
import type { BenchReport } from './bench-report.ts';
import { COMPARISON_HEAD, comparison } from './comparison.ts';
import { valueText, verdict } from './figures.ts';

/** No colours: it is also read in files. */
const PLAIN = { style: { head: [], border: [], compact: true } };

/** What a person sees at the end. */
export function terminalTables(report: BenchReport): string {
  const systems = new Table({
    ...PLAIN,
    head: COMPARISON_HEAD,
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
  });
  for (const { measure, values, toLimit, toPeer } of comparison(report)) {
    systems.push([measure, ...values, toLimit, toPeer]);
  }
  const goals = new Table({
    ...PLAIN,
    head: ['Rally', 'measured', 'aim', ''],
    colAligns: ['left', 'right', 'right', 'left'],
  });
  for (const aim of aims(report)) goals.push([aim.measure, valueText(aim), aim.aim, verdict(aim)]);
  return `${systems}\n${goals}`;
}
