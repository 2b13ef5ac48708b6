import { EventEmitter } from 'node:events';
import { type LogFile, openLogFile } from './log-file.ts';

export interface ProposedEvent {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface StoredEvent extends ProposedEvent {
  readonly stream: string;
  readonly revision: number;
  readonly position: bigint;
  readonly createdMs: number;
}

export type Expectation = number | 'no_stream' | 'any' | 'stream_exists';

export type Written =
  | { readonly outcome: 'stored' | 'stored before'; readonly revision: number; readonly position: bigint }
  | { readonly outcome: 'wrong expected version'; readonly current: number | 'no_stream' };

/** What the server keeps on disk: every event in one order, answering repeated appends as the server was seen to. */
export class TransactionLog {
  readonly #file: LogFile | undefined;
  #events: StoredEvent[] = [];
  readonly #streams = new Map<string, StoredEvent[]>();
  readonly #additions = new EventEmitter<{ stored: [StoredEvent] }>().setMaxListeners(0);
  readonly #scavenged = new Set<bigint>();
  /** By the stream whose metadata says so. */
  readonly #maxCounts = new Map<string, number>();
  #nextPosition = 0n;

  /** Kept in memory, or in `path` too. */
  constructor(path?: string) {
    this.#file = path === undefined ? undefined : openLogFile(path);
    for (const event of this.#file?.read() ?? []) this.#keep(event);
    if (this.#events.length === 0) this.append('$epoch-information', 'any', [epoch]);
  }

  get events(): readonly StoredEvent[] {
    return this.#events;
  }

  /** What a read of the stream finds: not what its metadata's `$maxCount` leaves out. */
  stream(name: string): readonly StoredEvent[] {
    const stored = this.#stored(name);
    return stored.length <= this.#maxCount(name) ? stored : stored.slice(-this.#maxCount(name));
  }

  /** Takes away what no read of a stream finds any more; reads and subscriptions to all have found it until now. Not in the file. */
  scavenge(): void {
    for (const [name, events] of this.#streams) this.#streams.set(name, events.slice(-this.#maxCount(name)));
    const left = new Set([...this.#streams.values()].flat());
    for (const event of this.#events) if (!left.has(event)) this.#scavenged.add(event.position);
    this.#events = this.#events.filter((event) => left.has(event));
  }

  /** Index of the first event after `position`, which need not be one of an event. */
  indexAfter(position: bigint): number {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events[middle]?.position ?? 0n) <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  append(stream: string, expected: Expectation, proposed: readonly ProposedEvent[]): Written {
    const existing = this.#stored(stream);
    const last = existing.at(-1);
    const repeated = findRepeated(existing, expected, proposed);
    if (repeated)
      return { outcome: 'stored before', revision: repeated.revision, position: repeated.position };
    if (!isMet(expected, last)) {
      return { outcome: 'wrong expected version', current: last?.revision ?? 'no_stream' };
    }
    const stored: StoredEvent[] = [];
    for (const [index, event] of proposed.entries()) {
      const size = BigInt(event.data.length + event.metadata.length + 2 * stream.length + 96);
      stored.push({
        ...event,
        stream,
        revision: (last?.revision ?? -1) + 1 + index,
        position: this.#nextPosition,
        createdMs: Date.now(),
      });
      this.#nextPosition += size;
    }
    this.#file?.write(stored);
    for (const event of stored) this.#keep(event);
    for (const event of stored) this.#additions.emit('stored', event);
    const newest = stored.at(-1);
    if (!newest) throw new Error('nothing proposed');
    return { outcome: 'stored', revision: newest.revision, position: newest.position };
  }

  wasScavenged(position: bigint): boolean {
    return this.#scavenged.has(position);
  }

  onStored(listener: (event: StoredEvent) => void): () => void {
    this.#additions.on('stored', listener);
    return () => this.#additions.off('stored', listener);
  }

  #stored(name: string): readonly StoredEvent[] {
    return this.#streams.get(name) ?? [];
  }

  /** Of a stream of metadata, only the last counts. */
  #maxCount(name: string): number {
    return name.startsWith('$$') ? 1 : (this.#maxCounts.get(name) ?? Number.POSITIVE_INFINITY);
  }

  #keep(event: StoredEvent): void {
    this.#events.push(event);
    const stream = this.#streams.get(event.stream);
    if (stream) stream.push(event);
    else this.#streams.set(event.stream, [event]);
    if (event.stream.startsWith('$$'))
      this.#maxCounts.set(event.stream.slice(2), maxCountIn(event.data) ?? Number.POSITIVE_INFINITY);
    if (event.position >= this.#nextPosition) this.#nextPosition = event.position + 1n;
  }
}

const maxCountIn = (metadata: Uint8Array): number | undefined =>
  JSON.parse(Buffer.from(metadata).toString()).$maxCount;

function isMet(expected: Expectation, last: StoredEvent | undefined): boolean {
  if (expected === 'any') return true;
  if (expected === 'no_stream') return last === undefined;
  if (expected === 'stream_exists') return last !== undefined;
  return last?.revision === expected;
}

/** The last of the events, when all of them already stand where this append would have put them. */
function findRepeated(
  existing: readonly StoredEvent[],
  expected: Expectation,
  proposed: readonly ProposedEvent[],
): StoredEvent | undefined {
  const [first] = proposed;
  const anywhere = expected === 'any' || expected === 'stream_exists';
  const begin = existing[0]?.revision ?? 0;
  const at = anywhere
    ? existing.findIndex((event) => event.id === first?.id)
    : expected === 'no_stream'
      ? 0 - begin
      : expected + 1 - begin;
  if (at < 0 || proposed.some((event, index) => existing[at + index]?.id !== event.id)) return undefined;
  return existing[at + proposed.length - 1];
}

const epoch: ProposedEvent = {
  id: '00000000-0000-4000-8000-000000000001',
  type: '$epoch-information',
  contentType: 'application/json',
  data: Buffer.from('{}'),
  metadata: Buffer.alloc(0),
};
