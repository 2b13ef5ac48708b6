import { describe, expect, it } from 'vitest';
import type { CommunityReport } from '../../bench/community/community-result.ts';
import { communitySection, communityTerminal } from '../../bench/community/community-tables.ts';
import { searches } from '../../bench/community/load-community.ts';
import { spreadOf } from '../../bench/measures/spread.ts';
import { communityAims } from '../../bench/report/aims.ts';

const pages = (requestsPerS: number, p99: number) => ({
  requestsPerS,
  latency: { p50: 1, p99, p999: 50, max: 60 },
  failed: 0,
});

const REPORT: CommunityReport = {
  date: '2026-01-02T03:04:05.678Z',
  commit: 'abc',
  machine: { processor: 'fast', cores: 2, memoryGb: 24, system: 'Linux', versions: { node: '20' } },
  durationS: 70,
  users: [100, 100_000],
  atOnce: { readers: 16, searchers: 4 },
  tabs: 46,
  announcing: [
    { answered: spreadOf([9, 10, 12]), heard: spreadOf([8]), processor: spreadOf([5]) },
    { answered: spreadOf([10, 11, 14]), heard: spreadOf([8]), processor: spreadOf([7]) },
  ],
  search: pages(2500, 18),
  self: pages(4000, 9),
  notifications: pages(2900, 20),
};

describe('the report of a community', () => {
  it('holds growth and pages against their aims', () => {
    expect(communityAims(REPORT).map(({ value, aim, met }) => ({ value, aim, met }))).toEqual([
      { value: 1.1, aim: '≤ 1.2 ×', met: true },
      { value: 1, aim: '≤ 1.2 ×', met: true },
      { value: 1.4, aim: '≤ 1.2 ×', met: false },
      { value: 18, aim: '≤ 20 ms', met: true },
      { value: 4000, aim: '≥ 3,000 /s', met: true },
      { value: 2900, aim: '≥ 3,000 /s', met: false },
    ]);
  });

  it('puts few and many users side by side, for people and for the page of results', () => {
    const section = communitySection(REPORT);
    expect(section).toContain(
      '## `make bench-community`\n\n2026-01-02T03:04:05.678Z, commit `abc`, in 70 s.',
    );
    expect(section).toContain('| until it is answered, ms | 10 (9–12) | 11 (10–14) | 1.1 |');
    expect(section).toContain('| GET /notifications | 16 | 2,900 | 1 | 20 |');
    expect(communityTerminal(REPORT)).toContain('of 100,000 users');
  });
});

it('searches are of one to five characters, many of each', () => {
  for (const length of [1, 2, 3, 4, 5])
    expect(new Set(searches.filter((search) => search.length === length)).size).toBeGreaterThan(10);
  expect(searches.every((search) => search.length >= 1 && search.length <= 5)).toBe(true);
});
