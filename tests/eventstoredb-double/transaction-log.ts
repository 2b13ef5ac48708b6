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
  readonly #events: StoredEvent[] = [];
  readonly #streams = new Map<string, StoredEvent[]>();
  readonly #stored = new EventEmitter<{ stored: [StoredEvent] }>().setMaxListeners(0);
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

  stream(name: string): readonly StoredEvent[] {
    return this.#streams.get(name) ?? [];
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
    const existing = this.stream(stream);
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
        revision: existing.length + index,
        position: this.#nextPosition,
        createdMs: Date.now(),
      });
      this.#nextPosition += size;
    }
    this.#file?.write(stored);
    for (const event of stored) this.#keep(event);
    for (const event of stored) this.#stored.emit('stored', event);
    const newest = stored.at(-1);
    if (!newest) throw new Error('nothing proposed');
    return { outcome: 'stored', revision: newest.revision, position: newest.position };
  }

  onStored(listener: (event: StoredEvent) => void): () => void {
    this.#stored.on('stored', listener);
    return () => this.#stored.off('stored', listener);
  }

  #keep(event: StoredEvent): void {
    this.#events.push(event);
    const stream = this.#streams.get(event.stream);
    if (stream) stream.push(event);
    else this.#streams.set(event.stream, [event]);
    if (event.position >= this.#nextPosition) this.#nextPosition = event.position + 1n;
  }
}

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
  const at = anywhere
    ? existing.findIndex((event) => event.id === first?.id)
    : expected === 'no_stream'
      ? 0
      : expected + 1;
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
