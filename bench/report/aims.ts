import type { Announcing, CommunityReport } from '../community/community-result.ts';
import { type Spread, spreadOf } from '../measures/spread.ts';
import { ratio } from '../measures/summary.ts';
import type { PresenceReport } from '../presence/presence-result.ts';
import type { RebuildReport, RebuildRound } from '../rebuild/rebuild-result.ts';
import { type ResumeReport, recoveredShare } from '../resume/resume-result.ts';
import type { SystemName } from '../systems/system-under-test.ts';
import type { BenchReport, SystemReport } from './bench-report.ts';

export interface Aim {
  readonly measure: string;
  readonly aim: string;
  /** null: not measured. */
  readonly value: number | null;
  readonly unit: '' | '×' | 'KB' | '/s' | 'ms' | 's' | '%';
  readonly met: boolean;
}

const KB = 1024;
const MS_PER_S = 1000;

const atLeast = (measure: string, value: number | null, aim: number, unit: Aim['unit']): Aim => ({
  measure,
  aim: `≥ ${aim.toLocaleString('en')} ${unit}`,
  value,
  unit,
  met: value !== null && value >= aim,
});

const atMost = (measure: string, value: number | null, aim: number, unit: Aim['unit']): Aim => ({
  measure,
  aim: `≤ ${aim.toLocaleString('en')} ${unit}`,
  value,
  unit,
  met: value !== null && value <= aim,
});

/** Where Rally stands among many users. */
export function communityAims({ announcing, search, self, notifications }: CommunityReport): Aim[] {
  const [few, many] = announcing;
  const growth = (of: keyof Announcing) => ratio(many[of], few[of]);
  return [
    atMost('announcing a tournament, until it is answered', growth('answered'), 1.2, '×'),
    atMost('announcing a tournament, until all have heard', growth('heard'), 1.2, '×'),
    atMost('announcing a tournament, processor time', growth('processor'), 1.2, '×'),
    atMost('searches for users, p99', search.latency.p99, 20, 'ms'),
    atLeast('GET /self', self.requestsPerS, 3000, '/s'),
    atLeast('GET /notifications', notifications.requestsPerS, 3000, '/s'),
  ];
}

/** Where Rally stands when people come and go. */
export function presenceAims({ connecting: [few, many] }: PresenceReport): Aim[] {
  return [
    atMost('a connect after many, processor time', ratio(many.processor, few.processor), 1.1, '×'),
    atMost('a connect after many, until it is welcomed', ratio(many.welcome, few.welcome), 1.1, '×'),
  ];
}

/** Where Rally stands when a gateway is gone. */
export function resumeAims(report: ResumeReport): Aim[] {
  const { killed } = report;
  const { allBackMs } = killed;
  return [
    atMost('all are back after a gateway was killed', allBackMs && allBackMs / MS_PER_S, 10, 's'),
    atLeast('of them, with all that they missed', recoveredShare(killed), 100, '%'),
  ];
}

/** Where Rally stands while its read models are made anew: the worst of all rounds. */
export function rebuildAims({ rounds }: RebuildReport): Aim[] {
  const worst = (of: (round: RebuildRound) => number) => Math.max(...rounds.map(of));
  const rate = spreadOf(rounds.map(({ eventsPerS }) => eventsPerS)).median;
  return [
    atLeast('a rebuild beside 300 messages/s', rate, 25_000, '/s'),
    atMost(
      'rows wait at the change of versions',
      worst(({ heldMs }) => heldMs),
      100,
      'ms',
    ),
    atMost(
      'pages that failed meanwhile',
      worst(({ failedReads }) => failedReads),
      0,
      '',
    ),
    atMost(
      'pages that showed a step back',
      worst(({ stepsBack }) => stepsBack),
      0,
      '',
    ),
  ];
}

/** Where Rally stands. */
export function aims({ systems, duels, history }: BenchReport): Aim[] {
  const quotient = (of: SystemName, to: SystemName, what: (system: SystemReport) => Spread | null) => {
    const [a, b] = [of, to].map((name) => systems[name]).map((system) => system && what(system));
    return a && b ? ratio(a, b) : null;
  };
  const highest = ({ highestRate }: SystemReport) => highestRate;
  const idle = systems.rally?.idle?.bytesPerSocket ?? null;
  const flatness = history?.flatness?.costs;
  const starts = history?.flatness?.starts;
  const growth = (of: 'sends' | 'connects' | 'pages') =>
    flatness ? ratio(flatness[1][of], flatness[0][of]) : null;
  const perMessage = ({ atReference: { processorPer1000: spent } }: SystemReport) =>
    spreadOf([
      spent.server.median + spent['database sessions'].median + spent['database housekeeping'].median,
    ]);
  const delivery = (at: 'atReference' | 'atHalf', percentile: 'p50' | 'p99') => (system: SystemReport) =>
    system[at].delivery[percentile];
  const sides = [
    { words: '', of: 'rally', to: 'limit loop', rate: 0.7, p50: 1.4, p99: 1.5 },
    {
      words: 'on EventStoreDB: ',
      of: 'rally on EventStoreDB',
      to: 'limit on EventStoreDB',
      rate: 0.6,
      p50: 1.8,
      p99: 2,
    },
  ] as const;
  return [
    ...sides.flatMap(({ words, of, to, rate, p50, p99 }) => [
      atLeast(`${words}durable messages/s ÷ limit loop`, quotient(of, to, highest), rate, '×'),
      atMost(
        `${words}send→peer p50 at 500/s ÷ limit loop`,
        quotient(of, to, delivery('atReference', 'p50')),
        p50,
        '×',
      ),
      atMost(
        `${words}send→peer p99 at 500/s ÷ limit loop`,
        quotient(of, to, delivery('atReference', 'p99')),
        p99,
        '×',
      ),
    ]),
    atLeast('durable messages/s ÷ socket.io peer', quotient('rally', 'socket.io peer', highest), 2, '×'),
    atLeast(
      'distributed: durable messages/s ÷ limit loop',
      quotient('rally distributed', 'limit loop', highest),
      0.6,
      '×',
    ),
    atMost(
      'distributed: send→peer p50 at half its highest rate ÷ in one process',
      quotient('rally distributed', 'rally', delivery('atHalf', 'p50')),
      3,
      '×',
    ),
    atMost(
      'processor time per message at 500/s, Node and PostgreSQL, ÷ limit loop',
      quotient('rally', 'limit loop', perMessage),
      1.7,
      '×',
    ),
    atMost(
      'the first ten seconds of a process: send→peer p50 at 500/s ÷ limit loop',
      quotient('rally', 'limit loop', ({ firstSeconds }) => firstSeconds),
      2,
      '×',
    ),
    atMost(
      'a duel, accepted and played, ÷ a message, processor time',
      duels && ratio(duels.duels, duels.messages),
      10,
      '×',
    ),
    atMost('memory per idle authenticated socket', idle === null ? null : idle / KB, 6, 'KB'),
    atLeast('rebuild, events', history?.rebuild?.eventsPerS ?? null, 60_000, '/s'),
    atLeast('pages of 30 messages', history?.messagePages?.requestsPerS ?? null, 3000, '/s'),
    atMost('pages of 30 messages, p99', history?.messagePages?.latency.p99 ?? null, 30, 'ms'),
    atLeast('pages of 30 chats', history?.chatPages?.requestsPerS ?? null, 3000, '/s'),
    atMost('pages of 30 chats, p99', history?.chatPages?.latency.p99 ?? null, 30, 'ms'),
    atMost('flatness, processor time per send', growth('sends'), 1.05, '×'),
    atMost('flatness, processor time per connect', growth('connects'), 1.05, '×'),
    atMost('flatness, processor time per page', growth('pages'), 1.05, '×'),
    atMost(
      'flatness, longer to start',
      starts ? (starts[1].median - starts[0].median) / MS_PER_S : null,
      1,
      's',
    ),
  ];
}
