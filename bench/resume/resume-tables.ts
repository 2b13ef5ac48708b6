import { resumeAims } from '../report/aims.ts';
import { AIMS_HEAD, aimRows, figure } from '../report/figures.ts';
import { figureOrNone, sectionOf, type Table, terminalOf } from '../report/report-tables.ts';
import { type Loss, msPerReconnect, type ResumeReport, recoveredShare } from './resume-result.ts';

/** The target of the Makefile. */
export const NAME = 'bench-resume';

const MS_PER_S = 1000;

/** What a person sees at the end. */
export const resumeTerminal = (report: ResumeReport): string => terminalOf(tablesOf(report));

/** The figures of one run, as a section of `RESULTS.md`. */
export const resumeSection = (report: ResumeReport): string => sectionOf(NAME, report, tablesOf(report));

const tablesOf = (report: ResumeReport): Table[] => [
  lossTable(report),
  [
    ['a connection that ends and is resumed', 'measured'],
    [['processor time, servers and databases, ms', figure(msPerReconnect(report))]],
  ],
  [AIMS_HEAD, aimRows(resumeAims(report))],
];

function lossTable({ tabs, messagesPerS, killed, cut }: ResumeReport): Table {
  const row = (measure: string, of: (loss: Loss) => number | null) => [
    measure,
    ...[killed, cut].map((loss) => figureOrNone(of(loss))),
  ];
  return [
    [
      `${figure(tabs)} tabs at two gateways`,
      `one is killed, ${figure(messagesPerS)} messages/s`,
      'half of the connections are cut',
    ],
    [
      row('tabs that lost their connection', (loss) => loss.tabs),
      row('of them, welcomed again', ({ back }) => back),
      row('with all that they missed, %', recoveredShare),
      row('events sent again', ({ replayed }) => replayed),
      row('tries', ({ tries }) => tries),
      row('away, p50, s', ({ away }) => away.p50 / MS_PER_S),
      row('away, p99, s', ({ away }) => away.p99 / MS_PER_S),
      row('until all were back, s', ({ allBackMs }) => allBackMs && allBackMs / MS_PER_S),
      row('messages acked', ({ acked }) => acked),
      row('lost at a tab', ({ missing }) => missing),
      row('doubled at a tab', ({ doubled }) => doubled),
      row('chats out of order', ({ disordered }) => disordered),
      row('processor, servers and databases, s', ({ processorS }) => processorS),
      row('processor, load generator, s', ({ generatorS }) => generatorS),
    ],
  ];
}
