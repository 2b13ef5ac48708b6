import { describe, expect, it } from 'vitest';
import { faultsOf } from '../../bench/load-generator/resume.ts';
import { resumeAims } from '../../bench/report/aims.ts';
import type { Loss, ResumeReport } from '../../bench/resume/resume-result.ts';
import { resumeSection, resumeTerminal } from '../../bench/resume/resume-tables.ts';

const LOSS: Loss = {
  tabs: 5000,
  back: 5000,
  recovered: 5000,
  replayed: 432,
  tries: 6789,
  away: { p50: 400, p99: 2500, p999: 4000, max: 4500 },
  allBackMs: 4600,
  acked: 2000,
  missing: 0,
  doubled: 0,
  disordered: 0,
  processorS: 9,
  generatorS: 2,
};

const REPORT: ResumeReport = {
  date: '2026-01-02T03:04:05.678Z',
  commit: 'abc',
  machine: { processor: 'fast', cores: 2, memoryGb: 24, system: 'Linux', versions: { node: '20' } },
  durationS: 90,
  tabs: 10_000,
  messagesPerS: 200,
  killed: LOSS,
  cut: { ...LOSS, processorS: 5, acked: 0, allBackMs: 900 },
};

describe('the report of resuming', () => {
  it('holds the time until all are back, and how many were given all that they missed', () => {
    expect(resumeAims(REPORT).map(({ value, met }) => ({ value, met }))).toEqual([
      { value: 4.6, met: true },
      { value: 100, met: true },
    ]);
    const late = { ...LOSS, recovered: 4999, allBackMs: 10_001 };
    expect(resumeAims({ ...REPORT, killed: late }).map(({ met }) => met)).toEqual([false, false]);
  });

  it('puts a killed gateway and cut connections side by side, and reckons one reconnect', () => {
    const section = resumeSection(REPORT);
    expect(section).toContain(
      '| 10,000 tabs at two gateways | one is killed, 200 messages/s | half of the connections are cut |',
    );
    expect(section).toContain('| until all were back, s | 4.6 | 0.9 |');
    expect(section).toContain('| processor time, servers and databases, ms | 1 |');
    expect(resumeTerminal(REPORT)).toContain('events sent again');
  });
});

describe('what a pair has heard', () => {
  const faults = (listener: string[], speaker: string[], acked: string[]) =>
    faultsOf({
      listener: { heard: listener, acked: [], said: 0 },
      speaker: { heard: speaker, acked, said: acked.length },
    });
  const none = { missing: 0, doubled: 0, isDisordered: false };

  it.each([
    ['all of it', ['0', '1', '2'], ['0', '1', '2'], none],
    ['one not', ['0', '2'], ['0', '1', '2'], { ...none, missing: 1 }],
    ['one twice', ['0', '1', '1', '2'], ['0', '1', '2'], { ...none, doubled: 1 }],
    ['in another order', ['0', '2', '1'], ['0', '1', '2'], { ...none, isDisordered: true }],
    ['one whose ack was lost', ['0', '1', '2'], ['0', '2'], none],
  ])('%s', (_, heard, acked, expected) => {
    expect(faults(heard, ['0', '1', '2'], acked)).toEqual(expected);
  });

  it('is the business of both', () => {
    expect(faults(['0'], [], ['0'])).toEqual({ ...none, missing: 1 });
  });
});
