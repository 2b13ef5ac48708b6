import type { HistoryCosts } from '../history/history-result.ts';
import { aims } from './aims.ts';
import type { BenchReport } from './bench-report.ts';
import { absences, comparisons } from './comparison.ts';
import { figure, spreadText, valueText, verdict } from './figures.ts';

/** The figures of one run, as a section of `RESULTS.md`. */
export function markdownSection(report: BenchReport, chartFile: string): string {
  const { plan, date, commit, machine, crowd, rounds, durationS, history } = report;
  const { pairs, tabsPerUser } = crowd;
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  return [
    `## \`make ${plan}\``,
    `${date}, commit \`${commit}\`, ${roundsText(rounds)} in ${figure(durationS)} s. ${machine.cores} × ${machine.processor}, ${machine.memoryGb} GB, ${machine.system}; ${versions.join(', ')}. ${figure(pairs)} pairs of users with ${tabsPerUser} tabs each.`,
    ...comparisons(report).map(({ head, rows }) => table(head, rows)),
    ...absences(report),
    table(
      ['Rally', 'measured', 'aim', ''],
      aims(report).map((aim) => [aim.measure, valueText(aim), aim.aim, verdict(aim)]),
    ),
    ...(history ? [historyText(history)] : []),
    `![Latency against rate](${chartFile})`,
  ].join('\n\n');
}

const roundsText = ({ played, planned }: BenchReport['rounds']): string =>
  played < planned ? `${played} of ${planned} rounds, for want of time,` : `${played} rounds`;

function historyText({
  rebuild,
  messagePages,
  chatPages,
  flatness,
}: NonNullable<BenchReport['history']>): string {
  const lines = [
    `- Rebuild: ${figure(rebuild.events)} events at ${figure(rebuild.eventsPerS)} a second.`,
    ...[messagePages, chatPages].map(
      ({ requestsPerS, latency: { p50, p99 } }, index) =>
        `- Pages of 30 ${index === 0 ? 'messages' : 'chats'}: ${figure(requestsPerS)} a second, p50 ${figure(p50)} ms, p99 ${figure(p99)} ms.`,
    ),
  ];
  if (flatness) {
    const [few, many] = flatness.costs;
    lines.push(
      `- Processor ms (server and database) per send, connect, page with ${figure(flatness.messages[0])} messages stored: ` +
        `${costsText(few)}; with ${figure(flatness.messages[1])}: ${costsText(many)}.`,
    );
  }
  return lines.join('\n');
}

const costsText = ({ sends, connects, pages }: HistoryCosts): string =>
  [sends, connects, pages].map(spreadText).join(', ');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
