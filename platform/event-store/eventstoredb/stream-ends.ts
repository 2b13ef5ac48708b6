import { EventStoreUnavailable } from '../event-store.ts';
import type { ScannedLog } from './scan-log.ts';
import { StreamMemory } from './stream-memory.ts';

export interface StreamEndsOptions {
  /** The revision of the stream's last event, or `NO_STREAM`. */
  readonly readEnd: (stream: string) => Promise<number>;
  /** Of the newest event in the log. */
  readonly lastPlace: () => Promise<bigint>;
  /** Once through the log from a place to where it ends now, within `timeoutMs`. */
  readonly scan: (after: bigint, timeoutMs: number, into: ScannedLog) => Promise<void>;
  /** From asking to the end of the scan that answers. */
  readonly timeoutMs: number;
}

type RevisionOf = (stream: string) => Promise<number>;

/** Those who are answered together. */
interface Round {
  readonly streams: Set<string>;
  readonly deadline: number;
  readonly answer: Promise<RevisionOf>;
  readonly settle: (answer: Promise<RevisionOf>) => void;
}

/** The ends of fewer streams are read for less than a scan costs. */
const WORTH_A_SCAN = 4;
/** After a scan, so many times what it took passes before the next: what comes meanwhile shares that. */
const PAUSE_PER_LOOK = 3;
const SHORTEST_PAUSE_MS = 4;
/** For who waits. */
const LONGEST_PAUSE_MS = 25;
/** Without a scan for so long, the next would have too much to go through. */
const LONGEST_WITHOUT_SCAN_MS = 1000;

/**
 * Where the streams of a category end, as of when it is asked or later: whatever was acknowledged before is known. Or as of a
 * little earlier, for who says how much: then nobody waits while the log is scanned twice in that time.
 *
 * Reading each stream for each who asks would do. But one scan of what is new in the log answers for any number of
 * streams of which it is known where they ended: so streams are remembered, and those who ask for them wait together,
 * unless they are few: then each is read at once.
 *
 * Why nobody is told of a past that was over when they asked:
 * - A stream that is not remembered is read, from when it is asked for.
 * - A memory begins with a place in the log; it remembers only reads that began when that place was known, so they know
 *   all that stands before it. Scans go on from there without a gap, and what they find counts also for a stream whose
 *   read is still under way. Streams only grow: the greater of what was read and what scans found is where the stream
 *   ended when the last scan did, whichever came first.
 * - Who asks while a scan is under way waits for the next one, as that one may be past what was stored meanwhile. A
 *   stream that the memory has dropped by then is read.
 * - After a scan that failed, or a second without one, all is forgotten. Until a new memory has begun, every stream
 *   is read.
 */
export class StreamEnds {
  readonly #options: StreamEndsOptions;
  #memory: StreamMemory | undefined;
  #beginning = false;
  #next: Round | undefined;
  #isScanning = false;
  #nextLookAt = 0;
  #pumpLater: NodeJS.Timeout | undefined;
  #reading = 0;

  constructor(options: StreamEndsOptions) {
    this.#options = options;
  }

  /**
   * Where it ended less than `lagMs` ago, or later; `NO_STREAM` when it did not exist. Rejects as a read or a scan does, mostly
   * with `EventStoreUnavailable`.
   */
  async revision(stream: string, lagMs = 0): Promise<number> {
    if (!this.#isScanning && this.#memory?.isOlderThan(LONGEST_WITHOUT_SCAN_MS)) this.#memory = undefined;
    const memory = this.#memory;
    const ageMs = memory?.ageOf(stream);
    if (!memory || ageMs === undefined) return this.#readAndRemember(stream);
    if (ageMs < lagMs) {
      if (memory.ageMs > lagMs / 2) this.#scanAhead(memory);
      return memory.revision(stream) ?? this.#readAndRemember(stream);
    }
    this.#next ??= this.#newRound();
    const { streams, answer } = this.#next;
    streams.add(stream);
    this.#pump();
    const revisionOf = await answer;
    return revisionOf(stream);
  }

  #readAndRemember(stream: string): Promise<number> {
    const read = this.#options.readEnd(stream);
    if (this.#memory) this.#memory.remember(stream, read);
    else void this.#beginMemory();
    return read;
  }

  /** That it fails, those who read learn by themselves. */
  async #beginMemory(): Promise<void> {
    if (this.#beginning) return;
    this.#beginning = true;
    const place = await this.#options.lastPlace().catch(() => undefined);
    this.#beginning = false;
    if (place !== undefined) this.#memory = new StreamMemory(place);
  }

  #newRound(): Round {
    let settle: Round['settle'] = () => {};
    const answer = new Promise<RevisionOf>((resolve) => {
      settle = resolve;
    });
    return { streams: new Set(), deadline: performance.now() + this.#options.timeoutMs, answer, settle };
  }

  #pump(): void {
    const round = this.#next;
    if (!round || this.#isScanning || this.#reading >= WORTH_A_SCAN) return;
    const tooSoonMs = this.#nextLookAt - performance.now();
    if (tooSoonMs > 0) {
      this.#pumpLater ??= setTimeout(() => {
        this.#pumpLater = undefined;
        this.#pump();
      }, tooSoonMs);
      return;
    }
    this.#next = undefined;
    const memory = round.streams.size >= WORTH_A_SCAN ? this.#memory : undefined;
    round.settle(memory ? this.#scan(memory, round.deadline) : this.#readEach(round.streams));
  }

  /** For those who will come; they learn by themselves that it fails. */
  #scanAhead(memory: StreamMemory): void {
    if (this.#isScanning) return;
    this.#scan(memory, performance.now() + this.#options.timeoutMs).catch(() => {});
  }

  async #scan(memory: StreamMemory, deadline: number): Promise<RevisionOf> {
    this.#isScanning = true;
    try {
      const began = performance.now();
      if (began >= deadline) throw new EventStoreUnavailable('a scan of the log waited too long');
      await this.#options.scan(memory.place, deadline - began, memory);
      memory.scanned(began);
      this.#nextLookAt = performance.now() + pauseAfter(performance.now() - began);
      return (stream) => memory.revision(stream) ?? this.#readAndRemember(stream);
    } catch (error) {
      this.#memory = undefined;
      throw error;
    } finally {
      this.#isScanning = false;
      this.#pump();
    }
  }

  async #readEach(streams: ReadonlySet<string>): Promise<RevisionOf> {
    const reads = new Map([...streams].map((stream) => [stream, this.#readAgain(stream)]));
    return (stream) => reads.get(stream) ?? this.#readAndRemember(stream);
  }

  #readAgain(stream: string): Promise<number> {
    this.#reading += 1;
    const read = this.#readAndRemember(stream);
    const done = () => {
      this.#reading -= 1;
      this.#pump();
    };
    read.then(done, done);
    return read;
  }
}

const pauseAfter = (lookMs: number): number =>
  Math.min(Math.max(PAUSE_PER_LOOK * lookMs, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS);
