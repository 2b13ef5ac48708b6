import { type ProcessorPart, processorPart } from '../measures/processor-cost.ts';
import { type Spread, scaled, spreadOf } from '../measures/spread.ts';
import { ratio } from '../measures/summary.ts';
import type { SystemName } from '../systems/system-under-test.ts';
import type { BenchReport, SystemReport } from './bench-report.ts';
import { figure, spreadText } from './figures.ts';
import { ALL_SIDES, type Sides } from './sides.ts';

/** A measure in each row: of several systems, then their ratios; in words. */
export interface Comparison {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const MS_PER_S = 1000;
const KB = 1024;
const NOT_MEASURED = '–';

/** One for all sides of which anybody was measured. */
export const comparisons = (report: BenchReport): Comparison[] =>
  ALL_SIDES.filter(({ systems }) => systems.some((name) => report.systems[name])).map((sides) =>
    compare(report, sides),
  );

/** Why a column is empty, for each that is. */
export const absences = ({ absent }: BenchReport): string[] =>
  absent.map(({ name, why }) => `Not measured: ${name}: ${why}.`);

function compare({ systems: measured }: BenchReport, { systems, ratios }: Sides): Comparison {
  const row = (measure: string, of: (system: SystemReport) => Spread | null): string[] => {
    const valueIn = (name: SystemName) => {
      const system = measured[name];
      return system ? of(system) : null;
    };
    const quotient = (a: Spread | null, b: Spread | null) => (a && b ? figure(ratio(a, b)) : NOT_MEASURED);
    return [
      measure,
      ...systems.map(valueIn).map((value) => (value ? spreadText(value) : NOT_MEASURED)),
      ...ratios.map(({ of, to }) => quotient(valueIn(of), valueIn(to))),
    ];
  };
  const latency = (title: string, at: 'atReference' | 'atHalf', of: 'ack' | 'delivery') =>
    (['p50', 'p99', 'p999'] as const).map((percentile) =>
      row(`${title} ${percentile.replace('p999', 'p99.9')}, ms`, (system) => system[at][of][percentile]),
    );
  const cost = (title: string, at: 'atReference' | 'atHalf') =>
    processorPart.options.map((part) =>
      row(`CPU ms per 1,000 ${title}: ${part}`, (system) => milliseconds(system[at].processorPer1000, part)),
    );
  return {
    head: ['median (min–max)', ...systems, ...ratios.map(({ head }) => head)],
    rows: [
      row('highest sustained messages/s', ({ highestRate }) => highestRate),
      ...latency('send→ack at 500/s,', 'atReference', 'ack'),
      ...latency('send→peer at 500/s,', 'atReference', 'delivery'),
      row('send→peer at 500/s, p50 of the first 10 s of a process, ms', ({ firstSeconds }) => firstSeconds),
      ...latency('send→ack at half,', 'atHalf', 'ack'),
      ...latency('send→peer at half,', 'atHalf', 'delivery'),
      ...cost('at 500/s', 'atReference'),
      ...cost('at half', 'atHalf'),
      row(`KB per idle socket, of ${figure(idleSockets(measured))}`, ({ idle }) =>
        idle?.bytesPerSocket ? spreadOf([idle.bytesPerSocket / KB]) : null,
      ),
    ],
  };
}

const milliseconds = (per1000: Record<ProcessorPart, Spread>, part: ProcessorPart): Spread =>
  scaled(per1000[part], MS_PER_S);

const idleSockets = (systems: BenchReport['systems']): number => systems.rally?.idle?.sockets ?? 0;
