import { describe, expect, it } from 'vitest';
import { processorPart } from '../../bench/measures/processor-cost.ts';
import { spreadOf } from '../../bench/measures/spread.ts';
import { aims } from '../../bench/report/aims.ts';
import type { BenchReport, SystemReport } from '../../bench/report/bench-report.ts';
import { comparisons } from '../../bench/report/comparison.ts';
import { latencyChart } from '../../bench/report/latency-chart.ts';
import { markdownSection } from '../../bench/report/markdown.ts';
import { terminalTables } from '../../bench/report/terminal-table.ts';

const spread = spreadOf([3, 1, 2]);
const latency = { p50: spread, p99: spread, p999: spread };
const load = {
  rate: 500,
  ack: latency,
  delivery: latency,
  processorPer1000: {
    server: spread,
    'database sessions': spread,
    'database housekeeping': spread,
    'load generator': spread,
  },
} satisfies SystemReport['atHalf'];

const carrying = (...rates: number[]): SystemReport => ({
  highestRate: spreadOf(rates),
  atReference: load,
  atHalf: load,
  curve: [{ rate: 500, p50: 1, p99: 2 }],
  firstSeconds: null,
  idle: { sockets: 10_000, bytesPerSocket: 8192 },
});

const ALL: BenchReport = {
  plan: 'bench',
  date: '2026-01-02T03:04:05.678Z',
  commit: 'abc',
  machine: { processor: 'fast', cores: 2, memoryGb: 24, system: 'Linux', versions: { node: '20' } },
  crowd: { pairs: 100, tabsPerUser: 2 },
  rounds: { played: 3, planned: 3 },
  durationS: 100,
  systems: {
    rally: carrying(7000, 8000, 6000),
    'rally distributed': carrying(4000),
    'limit loop': carrying(10_000),
    'socket.io peer': carrying(3500),
  },
  absent: [],
  duels: null,
  history: null,
};
const { 'rally distributed': _, ...others } = ALL.systems;
const WITHOUT_NATS: BenchReport = {
  ...ALL,
  systems: others,
  absent: [{ name: 'rally distributed', why: 'there is no nats-server' }],
};

const aimOf = (report: BenchReport, measure: string) => aims(report).find((aim) => aim.measure === measure);
const ON_EVENTSTOREDB = 'on EventStoreDB: durable messages/s ÷ limit loop';
const DUELS = 'a duel, accepted and played, ÷ a message, processor time';
const FIRST_SECONDS = 'the first ten seconds of a process: send→peer p50 at 500/s ÷ limit loop';
const DISTRIBUTED = 'distributed: durable messages/s ÷ limit loop';

describe('the report', () => {
  it('puts all systems side by side', () => {
    const [{ head, rows } = { head: [], rows: [] }] = comparisons(ALL);
    expect(head.slice(1, 5)).toEqual(['rally', 'rally distributed', 'limit loop', 'socket.io peer']);
    expect(rows[0]).toEqual([
      'highest sustained messages/s',
      '7,000 (6,000–8,000)',
      '4,000',
      '10,000',
      '3,500',
      '0.7',
      '0.4',
      '2',
    ]);
    expect(rows.map(([measure]) => measure)).toEqual(
      expect.arrayContaining(processorPart.options.map((part) => `CPU ms per 1,000 at half: ${part}`)),
    );
    for (const row of rows) expect(row).toHaveLength(head.length);
  });

  it('puts those on EventStoreDB side by side on their own', () => {
    const systems = {
      ...ALL.systems,
      'rally on EventStoreDB': carrying(1300),
      'limit on EventStoreDB': carrying(2000),
    };
    const [, onEventStoreDb] = comparisons({ ...ALL, systems });
    expect(onEventStoreDb?.head.slice(1)).toEqual([
      'rally on EventStoreDB',
      'limit on EventStoreDB',
      'rally ÷ limit',
    ]);
    expect(onEventStoreDb?.rows[0]?.slice(1)).toEqual(['1,300', '2,000', '0.65']);
    expect(aimOf({ ...ALL, systems }, ON_EVENTSTOREDB)).toMatchObject({ value: 0.65, met: true });
    expect(comparisons(ALL)).toHaveLength(1);
    expect(aimOf(ALL, ON_EVENTSTOREDB)).toMatchObject({ value: null, met: false });
  });

  it('holds each against its aim', () => {
    expect(aimOf(ALL, DISTRIBUTED)).toMatchObject({ value: 0.4, met: false });
    const fast = { ...ALL, systems: { ...ALL.systems, 'rally distributed': carrying(6400) } };
    expect(aimOf(fast, DISTRIBUTED)).toMatchObject({ value: 0.64, met: true });
    expect(aimOf(ALL, FIRST_SECONDS)).toMatchObject({ value: null, met: false });
    const started = (ms: number) => ({ ...carrying(7000), firstSeconds: spreadOf([ms]) });
    const looked = { ...ALL, systems: { ...ALL.systems, rally: started(3), 'limit loop': started(2) } };
    expect(aimOf(looked, FIRST_SECONDS)).toMatchObject({ value: 1.5, met: true });
    expect(aimOf(ALL, DUELS)).toMatchObject({ value: null, met: false });
    const played = { ...ALL, duels: { duels: spreadOf([9]), messages: spreadOf([1.5]) } };
    expect(aimOf(played, DUELS)).toMatchObject({ value: 6, met: true });
    expect(aimOf(ALL, 'memory per idle authenticated socket')).toMatchObject({ value: 8, met: false });
    expect(aimOf(ALL, 'rebuild, events')).toMatchObject({ value: null, met: false });
  });

  it('says when there was no time for all rounds', () => {
    expect(markdownSection(ALL, 'chart.svg')).toContain(', 3 rounds in 100 s.');
    const hurried = { ...ALL, rounds: { played: 2, planned: 3 } };
    expect(markdownSection(hurried, 'chart.svg')).toContain(', 2 of 3 rounds, for want of time, in 100 s.');
  });

  it('says which system is missing and why, and goes on with the others', async () => {
    expect(comparisons(WITHOUT_NATS)[0]?.rows[0]?.slice(1, 4)).toEqual([
      '7,000 (6,000–8,000)',
      '–',
      '10,000',
    ]);
    expect(aimOf(WITHOUT_NATS, DISTRIBUTED)).toMatchObject({ value: null, met: false });
    const words = 'Not measured: rally distributed: there is no nats-server.';
    expect(terminalTables(WITHOUT_NATS)).toContain(words);
    expect(markdownSection(WITHOUT_NATS, 'chart.svg')).toContain(words);
    expect(await latencyChart(ALL)).toContain('rally distributed');
    expect(await latencyChart(WITHOUT_NATS)).not.toContain('rally distributed');
  });
});
