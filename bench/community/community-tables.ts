import { ratio } from '../measures/summary.ts';
import { communityAims } from '../report/aims.ts';
import { AIMS_HEAD, aimRows, figure, spreadText } from '../report/figures.ts';
import { sectionOf, type Table, terminalOf } from '../report/report-tables.ts';
import type { Announcing, CommunityReport } from './community-result.ts';

/** The target of the Makefile. */
export const NAME = 'bench-community';

/** What a person sees at the end. */
export const communityTerminal = (report: CommunityReport): string => terminalOf(tablesOf(report));

/** The figures of one run, as a section of `RESULTS.md`. */
export const communitySection = (report: CommunityReport): string =>
  sectionOf(NAME, report, tablesOf(report));

const tablesOf = (report: CommunityReport): Table[] => [
  announcingTable(report),
  pagesTable(report),
  [AIMS_HEAD, aimRows(communityAims(report))],
];

function announcingTable({ users, tabs, announcing: [few, many] }: CommunityReport): Table {
  const row = (measure: string, of: keyof Announcing) => [
    measure,
    spreadText(few[of]),
    spreadText(many[of]),
    figure(ratio(many[of], few[of])),
  ];
  return [
    ['a tournament, median (min–max)', ...users.map((count) => `of ${figure(count)} users`), 'ratio'],
    [
      row('until it is answered, ms', 'answered'),
      row(`until ${figure(tabs)} tabs have heard, ms`, 'heard'),
      row('processor time, with its end, ms', 'processor'),
    ],
  ];
}

const pagesTable = ({ users, atOnce, ...pages }: CommunityReport): Table => [
  [`pages, of ${figure(users[1])} users`, 'at once', 'a second', 'p50, ms', 'p99, ms'],
  (
    [
      ['searches of 1 to 5 characters', atOnce.searchers, pages.search],
      ['GET /self', atOnce.readers, pages.self],
      ['GET /notifications', atOnce.readers, pages.notifications],
    ] as const
  ).map(([page, count, { requestsPerS, latency }]) => [
    page,
    figure(count),
    figure(requestsPerS),
    figure(latency.p50),
    figure(latency.p99),
  ]),
];
