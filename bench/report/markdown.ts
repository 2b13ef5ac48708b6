import type { HistoryCosts } from '../history/history-result.ts';
import { aims } from './aims.ts';
import type { BenchReport } from './bench-report.ts';
import { absences, comparisons } from './comparison.ts';
import { AIMS_HEAD, aimRows, figure, spreadText } from './figures.ts';
import type { Machine } from './machine.ts';

/** The figures of one run, as a section of `RESULTS.md`. */
export function markdownSection(report: BenchReport, chartFile: string): string {
  const { plan, date, commit, machine, crowd, rounds, durationS, history } = report;
  const { pairs, tabsPerUser } = crowd;
  return [
    `## \`make ${plan}\``,
    `${date}, commit \`${commit}\`, ${roundsText(rounds)} in ${figure(durationS)} s. ${machineText(machine)} ${figure(pairs)} pairs of users with ${tabsPerUser} tabs each.`,
    ...comparisons(report).map(({ head, rows }) => table(head, rows)),
    ...absences(report),
    table(AIMS_HEAD, aimRows(aims(report))),
    ...(history ? [historyText(history)] : []),
    `![Latency against rate](${chartFile})`,
  ].join('\n\n');
}

/** On what it was measured. */
export function machineText({ cores, processor, memoryGb, system, versions }: Machine): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${cores} × ${processor}, ${memoryGb} GB, ${system}; ${named.join(', ')}.`;
}

const roundsText = ({ played, planned }: BenchReport['rounds']): string =>
  played < planned ? `${played} of ${planned} rounds, for want of time,` : `${played} rounds`;

function historyText({
  rebuild,
  messagePages,
  chatPages,
  flatness,
}: NonNullable<BenchReport['history']>): string {
  const lines: string[] = [];
  if (rebuild)
    lines.push(`- Rebuild: ${figure(rebuild.events)} events at ${figure(rebuild.eventsPerS)} a second.`);
  for (const [what, pages] of Object.entries({ messages: messagePages, chats: chatPages })) {
    if (!pages) continue;
    const { p50, p99 } = pages.latency;
    lines.push(
      `- Pages of 30 ${what}: ${figure(pages.requestsPerS)} a second, p50 ${figure(p50)} ms, p99 ${figure(p99)} ms.`,
    );
  }
  if (flatness) {
    const [few, many] = flatness.costs;
    lines.push(
      `- Processor ms (server and database) per send, connect, page with ${figure(flatness.messages[0])} messages stored: ` +
        `${costsText(few)}; with ${figure(flatness.messages[1])}: ${costsText(many)}.`,
      `- Until it is ready, ms: ${flatness.starts.map(spreadText).join('; ')}.`,
    );
  }
  return lines.join('\n');
}

const costsText = ({ sends, connects, pages }: HistoryCosts): string =>
  [sends, connects, pages].map(spreadText).join(', ');

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
