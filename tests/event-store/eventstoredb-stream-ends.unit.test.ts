import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EventStoreUnavailable, NO_STREAM } from '../../platform/event-store/event-store.ts';
import type { ScannedLog } from '../../platform/event-store/eventstoredb/scan-log.ts';
import { StreamEnds } from '../../platform/event-store/eventstoredb/stream-ends.ts';

interface Asked<Answer> {
  answer(answer: Answer): void;
  fail(error: Error): void;
}
type StartedRead = Asked<number> & { readonly stream: string };
interface StartedLook extends Asked<void> {
  readonly after: bigint;
  readonly timeoutMs: number;
  readonly into: ScannedLog;
}

const TIMEOUT_MS = 3000;
/** Between two scans. */
const LONGEST_PAUSE_MS = 25;
const FEW = ['a', 'b', 'c', 'd'];
let reads: StartedRead[];
let places: Asked<bigint>[];
let scans: StartedLook[];
let ends: StreamEnds;

beforeEach(() => {
  vi.useFakeTimers();
  [reads, places, scans] = [[], [], []];
  ends = new StreamEnds({
    readEnd: (stream) =>
      new Promise((answer, fail) => {
        reads.push({ stream, answer, fail });
      }),
    lastPlace: () =>
      new Promise((answer, fail) => {
        places.push({ answer, fail });
      }),
    scan: (after, timeoutMs, into) =>
      new Promise((answer, fail) => {
        scans.push({ after, timeoutMs, into, answer, fail });
      }),
    timeoutMs: TIMEOUT_MS,
  });
});
afterEach(() => vi.useRealTimers());

/** Long enough for the next scan to begin. */
const turn = () => vi.advanceTimersByTimeAsync(LONGEST_PAUSE_MS);
const the = <T>(of: T[], index: number): T => of[index] ?? expect.unreachable();

/** Settles to the revision or the error's message; undefined so far. */
function ask(stream: string, lagMs = 0) {
  const asked: { answer?: number | string } = {};
  ends.revision(stream, lagMs).then(
    (revision) => {
      asked.answer = revision;
    },
    (error: Error) => {
      asked.answer = error.message;
    },
  );
  return asked;
}

/** A memory that begins at `place`; each stream is at revision 0. */
async function remember(place: bigint, streams: readonly string[]): Promise<void> {
  ask('elsewhere');
  the(places, places.length - 1).answer(place);
  await turn();
  for (const stream of streams) ask(stream);
  for (const { answer } of reads) answer(0);
  await turn();
  reads = [];
}

/** A scan is under way that began before anything which a test does. */
async function scanUnderWay(revision = 0): Promise<StartedLook> {
  for (const stream of FEW) ask(stream);
  for (const stream of FEW) ask(stream);
  for (const { answer } of reads) answer(revision);
  await vi.advanceTimersByTimeAsync(0);
  reads = [];
  return the(scans, scans.length - 1);
}

test('a stream is read for the first who asks, from when it is asked for', async () => {
  const asked = ask('a');
  expect(reads.map(({ stream }) => stream)).toEqual(['a']);
  the(reads, 0).answer(7);
  await turn();
  expect(asked.answer).toBe(7);
});

test('what was read before the memory had a place is not remembered', async () => {
  FEW.map((stream) => ask(stream));
  the(places, 0).answer(100n);
  await turn();
  for (const { answer } of reads) answer(0);
  await turn();
  FEW.map((stream) => ask(stream));
  for (const { answer } of reads) answer(1);
  await turn();
  const first = await scanUnderWay(1);
  const asked = FEW.map((stream) => ask(stream));
  first.answer();
  await turn();
  the(scans, 1).answer();
  await turn();
  expect(asked.map(({ answer }) => answer)).toEqual([1, 1, 1, 1]);
});

test('the ends of a few remembered streams are read again', async () => {
  await remember(100n, FEW);
  const asked = [ask('a'), ask('b')];
  expect(reads.map(({ stream }) => stream)).toEqual(['a', 'b']);
  for (const { answer } of reads) answer(3);
  await turn();
  expect(asked.map(({ answer }) => answer)).toEqual([3, 3]);
  expect(scans).toEqual([]);
});

test('one scan answers all who waited for it: what it found has moved, the others are where they were', async () => {
  await remember(100n, FEW);
  const { after, answer, into } = await scanUnderWay();
  expect(after).toBe(100n);
  const asked = [...FEW, ...FEW].map((stream) => ask(stream));
  answer();
  await turn();
  expect(scans).toHaveLength(2);
  the(scans, 1).into.found('b', 1);
  the(scans, 1).into.found('b', 2);
  into.found('unknown', 5);
  the(scans, 1).answer();
  await turn();
  expect(asked.map((one) => one.answer)).toEqual([0, 2, 0, 0, 0, 2, 0, 0]);
  expect(reads).toEqual([]);
});

test('who asks while a scan is under way waits for the next one', async () => {
  await remember(100n, FEW);
  const first = await scanUnderWay();
  first.into.readUpTo(150n);
  const asked = FEW.map((stream) => ask(stream));
  first.answer();
  await turn();
  expect(asked.map(({ answer }) => answer)).toEqual(FEW.map(() => undefined));
  expect(the(scans, 1).after).toBe(150n);
  the(scans, 1).into.found('a', 1);
  the(scans, 1).answer();
  await turn();
  expect(asked.map(({ answer }) => answer)).toEqual([1, 0, 0, 0]);
});

test('who takes an answer from a little earlier has it at once; the log is scanned ahead for the next', async () => {
  await remember(100n, FEW);
  const first = await scanUnderWay();
  first.into.found('b', 1);
  first.answer();
  await vi.advanceTimersByTimeAsync(40);
  const early = FEW.map((stream) => ask(stream, 100));
  await vi.advanceTimersByTimeAsync(0);
  expect(early.map(({ answer }) => answer)).toEqual([0, 1, 0, 0]);
  expect(scans).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(15);
  const ahead = FEW.map((stream) => ask(stream, 100));
  await vi.advanceTimersByTimeAsync(0);
  expect(ahead.map(({ answer }) => answer)).toEqual([0, 1, 0, 0]);
  expect(scans).toHaveLength(2);
  the(scans, 1).answer();
  await vi.advanceTimersByTimeAsync(60);
  ask('a', 100);
  expect(scans).toHaveLength(3);
  expect(reads).toEqual([]);
});

test('who takes an answer from a little earlier waits as all do when there is none that is new enough', async () => {
  await remember(100n, FEW);
  (await scanUnderWay()).answer();
  await vi.advanceTimersByTimeAsync(100);
  const late = ask('a', 100);
  expect(reads.map(({ stream }) => stream)).toEqual(['a']);
  await vi.advanceTimersByTimeAsync(0);
  expect(late.answer).toBeUndefined();
  the(reads, 0).answer(4);
  await vi.advanceTimersByTimeAsync(50);
  const next = ask('a', 100);
  await vi.advanceTimersByTimeAsync(0);
  expect([late.answer, next.answer]).toEqual([4, 4]);
});

test('a change that a scan finds while the stream is still being read counts, whichever ends first', async () => {
  await remember(100n, FEW);
  const first = await scanUnderWay();
  const [reader, late] = [ask('e'), ask('e')];
  const others = FEW.map((stream) => ask(stream));
  first.into.found('e', 4);
  first.answer();
  await turn();
  the(scans, 1).answer();
  await turn();
  expect(others.map(({ answer }) => answer)).toEqual([0, 0, 0, 0]);
  expect(late.answer).toBeUndefined();
  the(reads, 0).answer(3);
  await turn();
  expect(reads).toHaveLength(1);
  expect([reader.answer, late.answer]).toEqual([3, 4]);
});

test('a read that knows more than the scans is not set back by what they find', async () => {
  await remember(100n, FEW);
  const first = await scanUnderWay();
  ask('e');
  the(reads, 0).answer(9);
  await turn();
  first.into.found('e', 8);
  const asked = [...FEW, 'e'].map((stream) => ask(stream));
  first.answer();
  await turn();
  the(scans, 1).answer();
  await turn();
  expect(asked.at(-1)?.answer).toBe(9);
});

test('a stream whose read failed is read by those who waited for a scan', async () => {
  await remember(100n, FEW);
  const first = await scanUnderWay();
  const [reader, late] = [ask('e'), ask('e')];
  FEW.map((stream) => ask(stream));
  the(reads, 0).fail(new EventStoreUnavailable('away'));
  first.answer();
  await turn();
  the(scans, 1).answer();
  await turn();
  expect(reader.answer).toBe('away');
  the(reads, 1).answer(NO_STREAM);
  await turn();
  expect(late.answer).toBe(NO_STREAM);
});

test('a stream that the memory has dropped meanwhile is read', async () => {
  await remember(100n, FEW);
  const first = await scanUnderWay();
  const asked = FEW.map((stream) => ask(stream));
  first.answer();
  await turn();
  for (let other = 0; other < 10_000; other += 1) ask(`other-${other}`);
  reads = [];
  the(scans, 1).answer();
  await turn();
  expect(reads.map(({ stream }) => stream)).toEqual(FEW);
  for (const { answer } of reads) answer(6);
  await turn();
  expect(asked.map(({ answer }) => answer)).toEqual([6, 6, 6, 6]);
});

test('a scan that fails rejects those who waited for it; for those after them every stream is read', async () => {
  await remember(100n, FEW);
  const first = await scanUnderWay();
  const waited = FEW.map((stream) => ask(stream));
  first.answer();
  await turn();
  const after = FEW.map((stream) => ask(stream));
  the(scans, 1).into.readUpTo(160n);
  the(scans, 1).fail(new EventStoreUnavailable('dropped'));
  await turn();
  expect(waited.map(({ answer }) => answer)).toEqual(FEW.map(() => 'dropped'));
  for (const { answer } of reads) answer(2);
  await turn();
  expect(after.map(({ answer }) => answer)).toEqual([2, 2, 2, 2]);
  await remember(200n, FEW);
  expect((await scanUnderWay()).after).toBe(200n);
});

test('a second without a scan, and all is forgotten; another place is begun from', async () => {
  await remember(100n, FEW);
  await vi.advanceTimersByTimeAsync(900);
  (await scanUnderWay()).answer();
  await vi.advanceTimersByTimeAsync(900);
  expect(places).toHaveLength(1);
  (await scanUnderWay()).answer();
  await vi.advanceTimersByTimeAsync(1001);
  await remember(500n, FEW);
  expect(places).toHaveLength(2);
  expect((await scanUnderWay()).after).toBe(500n);
});

test('no place, no memory: every stream is read, and the place is asked for again', async () => {
  ask('a');
  the(places, 0).fail(new EventStoreUnavailable('away'));
  await turn();
  const asked = ask('a');
  expect(places).toHaveLength(2);
  the(reads, 1).answer(1);
  await turn();
  expect(asked.answer).toBe(1);
});

test.each([
  ['a quick scan, the shortest pause', 0, 4],
  ['a scan of 5 ms, three times that', 5, 15],
  ['a slow scan, the longest pause', 1000, LONGEST_PAUSE_MS],
])(
  'after %s: who comes meanwhile shares the next, or is read if they are few',
  async (_, lookMs, pauseMs) => {
    await remember(100n, FEW);
    const first = await scanUnderWay();
    await vi.advanceTimersByTimeAsync(lookMs);
    first.answer();
    await vi.advanceTimersByTimeAsync(0);
    reads = [];
    const asked = FEW.map((stream) => ask(stream));
    await vi.advanceTimersByTimeAsync(pauseMs - 1);
    asked.push(...FEW.map((stream) => ask(stream)));
    await vi.advanceTimersByTimeAsync(0);
    expect(scans).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    the(scans, 1).answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked.map(({ answer }) => answer)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);

    ask('a');
    await vi.advanceTimersByTimeAsync(3);
    expect(reads).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(reads.map(({ stream }) => stream)).toEqual(['a']);
  },
);

test('a scan has what is left of the time of the first who waits', async () => {
  await remember(100n, FEW);
  const first = await scanUnderWay();
  FEW.map((stream) => ask(stream));
  await vi.advanceTimersByTimeAsync(1000);
  first.answer();
  await turn();
  expect(the(scans, 1).timeoutMs).toBe(TIMEOUT_MS - 1000 - LONGEST_PAUSE_MS);
  const late = FEW.map((stream) => ask(stream));
  await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
  the(scans, 1).answer();
  await turn();
  expect(late.map(({ answer }) => answer)).toEqual(FEW.map(() => 'a scan of the log waited too long'));
  expect(scans).toHaveLength(2);
});
