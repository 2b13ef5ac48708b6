import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EventStoreUnavailable, NO_STREAM } from '../../platform/event-store/event-store.ts';
import {
  COMMIT_WAIT_MS,
  LONGEST_LAG_MS,
} from '../../platform/event-store/eventstoredb/conditional-appends.ts';
import type { ScannedLog } from '../../platform/event-store/eventstoredb/scan-log.ts';
import { StreamEnds } from '../../platform/event-store/eventstoredb/stream-ends.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const TIMEOUT_MS = 1000;
const STREAMS = 8;

/** How long a call takes on its way there and back, and whether it fails then. */
interface Fate {
  readonly thereMs: number;
  readonly backMs: number;
  readonly fails: boolean;
}

type Step =
  | { readonly type: 'change' | 'ask'; readonly stream: number }
  | { readonly type: 'pass'; readonly ms: number };

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A log of changes, how it is looked at, and whoever has been told of which changes. */
class World {
  readonly ends = new StreamEnds({
    readEnd: (stream) => this.#called(() => this.#revisionOf(stream)),
    lastPlace: () => this.#called(() => BigInt(this.#log.length)),
    scan: (after, timeoutMs, into) => this.#scan(Number(after), timeoutMs, into),
    timeoutMs: TIMEOUT_MS,
  });
  readonly #log: string[] = [];
  readonly #told = new Map<string, number>();
  readonly #fates: readonly Fate[];
  #calls = 0;
  scans = 0;
  answered = 0;

  constructor(fates: readonly Fate[]) {
    this.#fates = fates;
  }

  /** Stored on its way, acknowledged, and told of after the commit wait. */
  async change(stream: string): Promise<void> {
    const revision = await this.#called(() => this.#log.push(stream) && this.#revisionOf(stream)).catch(
      () => null,
    );
    if (revision === null) return;
    await pause(COMMIT_WAIT_MS);
    this.#told.set(stream, Math.max(revision, this.#told.get(stream) ?? NO_STREAM));
  }

  /** What had been told before has to be known. */
  async ask(stream: string): Promise<void> {
    const told = this.#told.get(stream) ?? NO_STREAM;
    const known = await this.ends.revision(stream, LONGEST_LAG_MS).catch(() => null);
    if (known === null) return;
    expect(known).toBeGreaterThanOrEqual(told);
    expect(known).toBeLessThanOrEqual(this.#revisionOf(stream));
    this.answered += 1;
  }

  async #scan(after: number, timeoutMs: number, into: ScannedLog): Promise<void> {
    this.scans += 1;
    const scanned = this.#called(() => this.#log.length);
    const end = await Promise.race([scanned, pause(timeoutMs).then(() => null)]);
    if (end === null) throw new EventStoreUnavailable('a scan was not answered in time');
    for (let place = after; place < end; place += 1) {
      const stream = this.#log[place] ?? '';
      into.found(stream, this.#log.slice(0, place + 1).filter((each) => each === stream).length - 1);
      if (place % 3 === 0) into.readUpTo(BigInt(place + 1));
    }
    into.readUpTo(BigInt(end));
  }

  #revisionOf(stream: string): number {
    return this.#log.filter((each) => each === stream).length - 1;
  }

  async #called<Answer>(look: () => Answer): Promise<Answer> {
    const { thereMs, backMs, fails } =
      this.#fates[this.#calls++ % this.#fates.length] ?? expect.unreachable();
    await pause(thereMs);
    const answer = look();
    await pause(backMs);
    if (fails) throw new EventStoreUnavailable('away');
    return answer;
  }
}

const below = (count: number) => fc.nat({ max: count - 1 });
const fate: fc.Arbitrary<Fate> = fc.record({
  thereMs: fc.oneof(
    { weight: 9, arbitrary: fc.nat({ max: 5 }) },
    { weight: 1, arbitrary: fc.nat({ max: 1200 }) },
  ),
  backMs: fc.oneof(
    { weight: 9, arbitrary: fc.nat({ max: 5 }) },
    { weight: 1, arbitrary: fc.nat({ max: 1200 }) },
  ),
  fails: fc.integer({ min: 0, max: 19 }).map((each) => each === 0),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('ask' as const), stream: below(STREAMS) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('change' as const), stream: below(STREAMS) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('pass' as const), ms: fc.nat({ max: 60 }) }) },
);

test('however slow the log and whatever fails: what was told of before somebody asked, they know', async () => {
  const seen = { scans: 0, answered: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 100, maxLength: 300 }),
      fc.array(fate, { minLength: 50, maxLength: 50 }),
      async (steps, fates) => {
        const world = new World(fates);
        const under: Promise<void>[] = [];
        for (const taken of steps) {
          if (taken.type === 'pass') await vi.advanceTimersByTimeAsync(taken.ms);
          else under.push(world[taken.type](`base-${taken.stream}`));
        }
        const [over] = await Promise.all([Promise.allSettled(under), vi.advanceTimersByTimeAsync(20_000)]);
        for (const each of over) if (each.status === 'rejected') throw each.reason;
        seen.scans += world.scans;
        seen.answered += world.answered;
      },
    ),
    { numRuns: 300 },
  );
  expect(seen.scans).toBeGreaterThan(300);
  expect(seen.answered).toBeGreaterThan(10_000);
});
