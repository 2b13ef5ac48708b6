import { z } from 'zod';
import type { Percentiles } from '../load-generator/latencies.ts';
import type { SteadyLoadResult } from '../load-generator/steady-load.ts';
import { type ProcessorPart, processorPart } from './processor-cost.ts';
import type { Round } from './round.ts';
import { type Spread, spread, spreadOf } from './spread.ts';
import { sustained } from './sustained.ts';

const latencySpread = z.object({ p50: spread, p99: spread, p999: spread });
const loadSummary = z.object({
  rate: z.number(),
  ack: latencySpread,
  delivery: latencySpread,
  /** Seconds. */
  processorPer1000: z.record(processorPart, spread),
});

export const systemSummary = z.object({
  /** Messages a second. */
  highestRate: spread,
  atReference: loadSummary,
  /** At half of each round's highest rate. */
  atHalf: loadSummary,
  /** Delivery latency at every rate that was tried and sustained, in order; milliseconds. */
  curve: z.array(z.object({ rate: z.number(), p50: z.number(), p99: z.number() })),
});

export type LatencySpread = z.infer<typeof latencySpread>;
export type SystemSummary = z.infer<typeof systemSummary>;

/** Of all rounds of one system. */
export const summarize = (rounds: readonly Round[]): SystemSummary => ({
  highestRate: spreadOf(rounds.map(({ highestRate }) => highestRate)),
  atReference: summarizeLoads(rounds.map(({ atReference }) => atReference)),
  atHalf: summarizeLoads(rounds.map(({ atHalf }) => atHalf)),
  curve: curveOf(
    rounds.flatMap(({ tried, atReference, atHalf }) => [...tried, atReference.load, atHalf.load]),
  ),
});

function summarizeLoads(loads: readonly Round['atHalf'][]): z.infer<typeof loadSummary> {
  const cost = (part: ProcessorPart) => spreadOf(loads.map(({ processorPer1000 }) => processorPer1000[part]));
  return {
    rate: spreadOf(loads.map(({ load }) => load.rate)).median,
    ack: latencySpreadOf(loads.map(({ load }) => load.ack)),
    delivery: latencySpreadOf(loads.map(({ load }) => load.delivery)),
    processorPer1000: {
      server: cost('server'),
      'database sessions': cost('database sessions'),
      'database housekeeping': cost('database housekeeping'),
      'load generator': cost('load generator'),
    },
  };
}

const latencySpreadOf = (latencies: readonly Percentiles[]): LatencySpread => ({
  p50: spreadOf(latencies.map(({ p50 }) => p50)),
  p99: spreadOf(latencies.map(({ p99 }) => p99)),
  p999: spreadOf(latencies.map(({ p999 }) => p999)),
});

function curveOf(loads: readonly SteadyLoadResult[]): SystemSummary['curve'] {
  const held = loads.filter(sustained);
  const rates = [...new Set(held.map(({ rate }) => rate))].sort((a, b) => a - b);
  return rates.map((rate) => {
    const deliveries = held.filter((load) => load.rate === rate).map(({ delivery }) => delivery);
    const { p50, p99 } = latencySpreadOf(deliveries);
    return { rate, p50: p50.median, p99: p99.median };
  });
}

/** How many times the one is the other, by their medians. */
export const ratio = (of: Spread, to: Spread): number => of.median / to.median;
