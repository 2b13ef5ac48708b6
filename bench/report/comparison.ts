import { type ProcessorPart, processorPart } from '../measures/processor-cost.ts';
import type { Spread } from '../measures/spread.ts';
import { ratio } from '../measures/summary.ts';
import { SYSTEM_NAMES } from '../systems/system-under-test.ts';
import type { BenchReport, SystemReport } from './bench-report.ts';
import { figure, spreadText } from './figures.ts';

/** One measure of all systems, in words. */
export interface ComparedMeasure {
  readonly measure: string;
  /** In the order of `SYSTEM_NAMES`: median (min–max). */
  readonly values: readonly string[];
  readonly toLimit: string;
  readonly toPeer: string;
}

export const COMPARISON_HEAD = ['median (min–max)', ...SYSTEM_NAMES, 'rally ÷ limit', 'rally ÷ peer'];

const MS_PER_S = 1000;
const KB = 1024;

export function comparison(report: BenchReport): ComparedMeasure[] {
  const row = (measure: string, of: (system: SystemReport) => Spread): ComparedMeasure => {
    const [rally, limit, peer] = SYSTEM_NAMES.map((name) => of(report.systems[name]));
    return {
      measure,
      values: [rally, limit, peer].map((value) => (value ? spreadText(value) : '')),
      toLimit: rally && limit ? figure(ratio(rally, limit)) : '',
      toPeer: rally && peer ? figure(ratio(rally, peer)) : '',
    };
  };
  const latency = (title: string, at: 'atReference' | 'atHalf', of: 'ack' | 'delivery') =>
    (['p50', 'p99', 'p999'] as const).map((percentile) =>
      row(`${title} ${percentile.replace('p999', 'p99.9')}, ms`, (system) => system[at][of][percentile]),
    );
  const cost = (title: string, at: 'atReference' | 'atHalf') =>
    processorPart.options.map((part) =>
      row(`CPU ms per 1,000 ${title}: ${part}`, (system) => inMs(system[at].processorPer1000, part)),
    );
  return [
    row('highest sustained messages/s', ({ highestRate }) => highestRate),
    ...latency('send→ack at 500/s,', 'atReference', 'ack'),
    ...latency('send→peer at 500/s,', 'atReference', 'delivery'),
    ...latency('send→ack at half,', 'atHalf', 'ack'),
    ...latency('send→peer at half,', 'atHalf', 'delivery'),
    ...cost('at 500/s', 'atReference'),
    ...cost('at half', 'atHalf'),
    idleRow(report),
  ];
}

function inMs(per1000: Record<ProcessorPart, Spread>, part: ProcessorPart): Spread {
  const { median, min, max, runs } = per1000[part];
  return { median: median * MS_PER_S, min: min * MS_PER_S, max: max * MS_PER_S, runs };
}

function idleRow({ systems }: BenchReport): ComparedMeasure {
  const [rally, limit, peer] = SYSTEM_NAMES.map((name) => systems[name].idle?.bytesPerSocket ?? null);
  const count = systems.rally.idle?.sockets ?? 0;
  const text = (bytes: number | null | undefined) => (bytes ? figure(bytes / KB) : '–');
  const quotient = (to: number | null | undefined) => (rally && to ? figure(rally / to) : '–');
  return {
    measure: `KB per idle socket, of ${figure(count)}`,
    values: [text(rally), text(limit), text(peer)],
    toLimit: quotient(limit),
    toPeer: quotient(peer),
  };
}
