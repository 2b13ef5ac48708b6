import type { Announcing, CommunityReport } from '../community/community-result.ts';
import type { Spread } from '../measures/spread.ts';
import { ratio } from '../measures/summary.ts';
import type { PresenceReport } from '../presence/presence-result.ts';
import { type ResumeReport, recoveredShare } from '../resume/resume-result.ts';
import type { SystemName } from '../systems/system-under-test.ts';
import type { BenchReport, SystemReport } from './bench-report.ts';

export interface Aim {
  readonly measure: string;
  readonly aim: string;
  /** null: not measured. */
  readonly value: number | null;
  readonly unit: '×' | 'KB' | '/s' | 'ms' | 's' | '%';
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

/** Where Rally stands. */
export function aims({ systems, history }: BenchReport): Aim[] {
  const quotient = (of: SystemName, to: SystemName, what: (system: SystemReport) => Spread) => {
    const [a, b] = [systems[of], systems[to]];
    return a && b ? ratio(what(a), what(b)) : null;
  };
  const highest = ({ highestRate }: SystemReport) => highestRate;
  const idle = systems.rally?.idle?.bytesPerSocket ?? null;
  const flatness = history?.flatness?.costs;
  const growth = (of: 'sends' | 'connects' | 'pages') =>
    flatness ? ratio(flatness[1][of], flatness[0][of]) : null;
  return [
    atLeast('durable messages/s ÷ limit loop', quotient('rally', 'limit loop', highest), 0.7, '×'),
    atLeast('durable messages/s ÷ socket.io peer', quotient('rally', 'socket.io peer', highest), 2, '×'),
    atLeast(
      'distributed: durable messages/s ÷ limit loop',
      quotient('rally distributed', 'limit loop', highest),
      0.35,
      '×',
    ),
    atLeast(
      'on EventStoreDB: durable messages/s ÷ limit loop',
      quotient('rally on EventStoreDB', 'limit on EventStoreDB', highest),
      0.6,
      '×',
    ),
    atMost(
      'send→peer p50 at 500/s ÷ limit loop',
      quotient('rally', 'limit loop', ({ atReference }) => atReference.delivery.p50),
      2,
      '×',
    ),
    atMost(
      'send→peer p99 at 500/s ÷ limit loop',
      quotient('rally', 'limit loop', ({ atReference }) => atReference.delivery.p99),
      3,
      '×',
    ),
    atMost('memory per idle authenticated socket', idle === null ? null : idle / KB, 12, 'KB'),
    atLeast('rebuild, events', history?.rebuild.eventsPerS ?? null, 25_000, '/s'),
    atLeast('pages of 30 messages', history?.messagePages.requestsPerS ?? null, 3000, '/s'),
    atMost('pages of 30 messages, p99', history?.messagePages.latency.p99 ?? null, 30, 'ms'),
    atLeast('pages of 30 chats', history?.chatPages.requestsPerS ?? null, 3000, '/s'),
    atMost('pages of 30 chats, p99', history?.chatPages.latency.p99 ?? null, 30, 'ms'),
    atMost('flatness, processor time per send', growth('sends'), 1.1, '×'),
    atMost('flatness, processor time per connect', growth('connects'), 1.1, '×'),
    atMost('flatness, processor time per page', growth('pages'), 1.1, '×'),
  ];
}
