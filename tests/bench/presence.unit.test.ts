import { describe, expect, it } from 'vitest';
import { StormTab, stormUser } from '../../bench/load-generator/storm-tab.ts';
import { spreadOf } from '../../bench/measures/spread.ts';
import type { PresenceReport, Storm } from '../../bench/presence/presence-result.ts';
import { presenceSection, presenceTerminal } from '../../bench/presence/presence-tables.ts';
import { PresenceWriter } from '../../bench/presence/presence-writer.ts';
import { presenceAims } from '../../bench/report/aims.ts';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import { MemoryLog } from '../support/memory-log.ts';

const STORM: Storm = {
  watched: null,
  welcomed: 5000,
  closed: 0,
  reasons: [],
  welcome: { p50: 20, p99: 100, p999: 200, max: 300 },
  retries: 0,
  frames: 1_234_567,
  bytes: 200_000_000,
  mostPerTabAndS: 200,
  heardAllMs: 31_000,
  missing: 0,
  awaited: 1_200_000,
  bytesBefore: 100_000_000,
  bytesAtMost: 300_000_000,
  processorS: 40,
  generatorS: 10,
};

const REPORT: PresenceReport = {
  date: '2026-01-02T03:04:05.678Z',
  commit: 'abc',
  machine: { processor: 'fast', cores: 2, memoryGb: 24, system: 'Linux', versions: { node: '20' } },
  durationS: 200,
  sockets: 5000,
  withinS: 5,
  listenS: 30,
  storms: [STORM, { ...STORM, watched: 50, bytesAtMost: null }],
  histories: [0, 20_000],
  connecting: [
    { processor: spreadOf([2, 2.5, 3]), welcome: spreadOf([5]) },
    { processor: spreadOf([3]), welcome: spreadOf([5.25]) },
  ],
  volume: { users: 1000, events: 54, bytesPerEvent: 700, keptBytes: [17_000_000, 20_000_000] },
};

describe('the report of presence', () => {
  it('holds a connect after many events against one after none', () => {
    expect(presenceAims(REPORT).map(({ value, met }) => ({ value, met }))).toEqual([
      { value: 1.2, met: false },
      { value: 1.05, met: true },
    ]);
  });

  it('puts storms side by side, and reckons the log of 10,000 users', () => {
    const section = presenceSection(REPORT);
    expect(section).toContain(
      '| 5,000 tabs connect within 5 s | each hears of everybody | each watches 50 |',
    );
    expect(section).toContain('| frames about presence | 1,234,567 | 1,234,567 |');
    expect(section).toContain('| memory at most, MB | 300 | – |');
    expect(section).toContain('| processor time, ms | 2.5 (2–3) | 3 | 1.2 |');
    expect(section).toContain('| a day, all of it kept, MB | 378 |');
    expect(section).toContain('| after day 2, what is kept, MB | 200 |');
    expect(presenceTerminal(REPORT)).toContain('until all tabs were right');
  });
});

describe('what a day of a user leaves in the log', () => {
  it('is what the command service would have decided: nobody is online at its end, and no session is left', async () => {
    const log = new MemoryLog();
    const writer = new PresenceWriter(log, 'Ann', crypto.randomUUID(), 0);
    await writer.spendDay(0);
    const last = log.events.at(-1);
    expect(last?.stream).toBe(streamOf('presence', 'Ann'));
    expect(last?.event).toMatchObject({ type: 'UserWentOffline', data: { sessions: [] } });
    expect(log.events).toHaveLength(writer.events);
    const dates = log.events.map(({ event }) => event.data.date);
    expect(dates).toEqual(dates.toSorted());
    const counts = (type: string) => log.events.filter(({ event }) => event.type === type).length;
    expect(counts('SessionOpened')).toBe(counts('SessionDropped'));
    expect(counts('UserCameOnline')).toBe(counts('UserWentOffline'));
  });

  it('comes and goes until there are so many events', async () => {
    const log = new MemoryLog();
    await new PresenceWriter(log, 'Ann', crypto.randomUUID(), 0).comeAndGo(100);
    expect(log.events).toHaveLength(100);
    expect(log.events.at(-1)?.event.type).toBe('UserWentOffline');
  });
});

it('names of a storm say whose they are', () => {
  expect(stormUser(17)).toBe('storm.17');
  const tab = new StormTab('', { username: '', path: '', headers: {} }, 9, [2, 5]);
  expect([tab.awaited, tab.missing]).toEqual([2, 2]);
  tab.awaitFrom(7);
  expect([tab.awaited, tab.missing]).toEqual([4, 4]);
});
