import { spreadOf } from '../measures/spread.ts';
import { rebuildAims } from '../report/aims.ts';
import { AIMS_HEAD, aimRows, figure, spreadText } from '../report/figures.ts';
import { sectionOf, type Table, terminalOf } from '../report/report-tables.ts';
import type { RebuildReport, RebuildRound } from './rebuild-result.ts';

/** The target of the Makefile. */
export const NAME = 'bench-rebuild';

/** What a person sees at the end. */
export const rebuildTerminal = (report: RebuildReport): string => terminalOf(tablesOf(report));

/** The figures of one run, as a section of `RESULTS.md`. */
export const rebuildSection = (report: RebuildReport): string => sectionOf(NAME, report, tablesOf(report));

function tablesOf(report: RebuildReport): Table[] {
  const { rounds, messagesPerS, undisturbed } = report;
  const row = (measure: string, of: (round: RebuildRound) => number) => [
    measure,
    spreadText(spreadOf(rounds.map(of))),
  ];
  return [
    [
      [
        `rebuilds beside ${figure(messagesPerS)} messages/s, median (min–max) of ${rounds.length}`,
        'measured',
      ],
      [
        row('events', ({ events }) => events),
        row('events/s, catching up, indexes and change of versions included', ({ eventsPerS }) => eventsPerS),
        row('rows waited at the change, ms', ({ heldMs }) => heldMs),
        row('pages read meanwhile', ({ reads }) => reads),
        row('of them, failed', ({ failedReads }) => failedReads),
        row('of them, a step back', ({ stepsBack }) => stepsBack),
        row('messages sent meanwhile', ({ sent }) => sent),
        row('send→peer meanwhile, p50, ms', ({ p50 }) => p50),
        row('send→peer meanwhile, p99, ms', ({ p99 }) => p99),
        [
          'send→peer without a rebuild, p50, p99, ms',
          `${figure(undisturbed.p50)}, ${figure(undisturbed.p99)}`,
        ],
      ],
    ],
    [AIMS_HEAD, aimRows(rebuildAims(report))],
  ];
}
