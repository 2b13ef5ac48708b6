import { describe, expect, it } from 'vitest';
import { LagTrend } from '../../bench/load-generator/lag-trend.ts';
import { Latencies } from '../../bench/load-generator/latencies.ts';
import { spreadOf } from '../../bench/measures/spread.ts';
import { seemsSustained, sustained } from '../../bench/measures/sustained.ts';
import { withSection } from '../../bench/report/results-page.ts';
import { GOOD_LOAD, LATENCY } from './good-load.ts';

describe('a rate is sustained', () => {
  it('when latency is low and does not grow', () => expect(sustained(GOOD_LOAD)).toBe(true));
  it.each([
    ['latency is high', { delivery: { ...LATENCY, p99: 251 } }],
    ['latency grows', { lagGrowthMsPerS: 31 }],
    ['sending was broken off', { overrun: true }],
    ['messages were refused', { retries: 1 }],
  ])('but not when %s', (_, change) => expect(sustained({ ...GOOD_LOAD, ...change })).toBe(false));
  it('and a glance tells it but roughly', () => {
    expect(seemsSustained({ ...GOOD_LOAD, lagGrowthMsPerS: 149 })).toBe(true);
    expect(seemsSustained({ ...GOOD_LOAD, lagGrowthMsPerS: 151 })).toBe(false);
    expect(seemsSustained({ ...GOOD_LOAD, overrun: true })).toBe(false);
  });
});

describe('the lag trend', () => {
  it('tells by how much latency grows in a second', () => {
    const trend = new LagTrend(5000, 2000);
    for (let dueAt = 5000; dueAt < 7000; dueAt += 1) trend.add(dueAt, 3 + (dueAt - 5000) * 0.1);
    expect(trend.growthMsPerS()).toBeCloseTo(100, 0);
  });
});

describe('latencies', () => {
  it('are told to three digits', () => {
    const latencies = new Latencies();
    for (let ms = 1; ms <= 1000; ms += 1) latencies.add(ms);
    const { p50, p99, p999, max } = latencies.percentiles();
    expect([p50, p99, p999, max].map(Math.round)).toEqual([500, 990, 999, 1000]);
  });
});

describe('a spread', () => {
  it('has a median that was measured', () => {
    expect(spreadOf([5, 1, 9])).toEqual({ median: 5, min: 1, max: 9, runs: 3 });
    expect(spreadOf([4, 2]).median).toBe(2);
  });
});

describe('the page of results', () => {
  it('keeps what people wrote when a section is replaced', () => {
    const first = withSection('# Results\n\nFindings.\n', 'bench', 'old');
    const page = `${first}\nMore findings.\n`;
    const second = withSection(page, 'bench', 'new');
    expect(second).toBe(page.replace('old', 'new'));
    expect(withSection(second, 'bench-full', 'other')).toContain('new');
  });
});
