import { ratio } from '../measures/summary.ts';
import { presenceAims } from '../report/aims.ts';
import { AIMS_HEAD, aimRows, figure, spreadText } from '../report/figures.ts';
import { figureOrNone, sectionOf, type Table, terminalOf } from '../report/report-tables.ts';
import type { Connecting, PresenceReport, Storm } from './presence-result.ts';

/** The target of the Makefile. */
export const NAME = 'bench-presence';

const MB = 1_000_000;
const MS_PER_S = 1000;
/** Of whom deployment guides speak. */
const MANY_USERS = 10_000;

/** What a person sees at the end. */
export const presenceTerminal = (report: PresenceReport): string => terminalOf(tablesOf(report));

/** The figures of one run, as a section of `RESULTS.md`. */
export const presenceSection = (report: PresenceReport): string => sectionOf(NAME, report, tablesOf(report));

const tablesOf = (report: PresenceReport): Table[] => [
  stormTable(report),
  connectingTable(report),
  volumeTable(report),
  [AIMS_HEAD, aimRows(presenceAims(report))],
];

function stormTable({ sockets, withinS, listenS, storms }: PresenceReport): Table {
  const row = (measure: string, of: (storm: Storm) => number | null) => [
    measure,
    ...storms.map((storm) => figureOrNone(of(storm))),
  ];
  return [
    [
      `${figure(sockets)} tabs connect within ${figure(withinS)} s`,
      ...storms.map(({ watched }) =>
        watched === null ? 'each hears of everybody' : `each watches ${figure(watched)}`,
      ),
    ],
    [
      row('welcomed', ({ welcomed }) => welcomed),
      row('closed', ({ closed }) => closed),
      row('until welcomed, p50, ms', ({ welcome }) => welcome.p50),
      row('until welcomed, p99, ms', ({ welcome }) => welcome.p99),
      row('watch lists sent again', ({ retries }) => retries),
      row('frames about presence', ({ frames }) => frames),
      row('of them, MB', ({ bytes }) => bytes / MB),
      row('most that a tab got within a second', ({ mostPerTabAndS }) => mostPerTabAndS),
      row('until all tabs were right, s', ({ heardAllMs }) => heardAllMs && heardAllMs / MS_PER_S),
      row(`of what they have to hear, heard within ${figure(listenS)} s, %`, ({ missing, awaited }) =>
        awaited === 0 ? null : 100 * (1 - missing / awaited),
      ),
      row('memory before, MB', ({ bytesBefore }) => bytesBefore && bytesBefore / MB),
      row('memory at most, MB', ({ bytesAtMost }) => bytesAtMost && bytesAtMost / MB),
      row('processor, server and database, s', ({ processorS }) => processorS),
      row('processor, load generator, s', ({ generatorS }) => generatorS),
    ],
  ];
}

function connectingTable({ histories, connecting: [few, many] }: PresenceReport): Table {
  const row = (measure: string, of: keyof Connecting) => [
    measure,
    spreadText(few[of]),
    spreadText(many[of]),
    figure(ratio(many[of], few[of])),
  ];
  return [
    [
      'a tab that comes and goes, median (min–max)',
      ...histories.map((events) => `${figure(events)} events before`),
      'ratio',
    ],
    [row('processor time, ms', 'processor'), row('until welcomed, ms', 'welcome')],
  ];
}

function volumeTable({ volume }: PresenceReport): Table {
  const { users, events, bytesPerEvent, keptBytes } = volume;
  const ofMany = (bytes: number) => figure((bytes / users) * (MANY_USERS / MB));
  return [
    [`presence in the log, of ${figure(MANY_USERS)} users`, 'measured'],
    [
      ['events of a user a day', figure(events)],
      ['bytes of an event, with indexes', figure(bytesPerEvent)],
      ['a day, all of it kept, MB', ofMany(events * users * bytesPerEvent)],
      ...keptBytes.map((bytes, day) => [`after day ${day + 1}, what is kept, MB`, ofMany(bytes)]),
    ],
  ];
}
