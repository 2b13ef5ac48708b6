import type { DomainEvent } from '../../domain/domain-event.ts';
import {
  type AppendCondition,
  type AppendResult,
  type EventStore,
  EventStoreUnavailable,
  type NewEvent,
  NO_STREAM,
  type ReadOptions,
  type RecordedEvent,
} from '../../platform/event-store/event-store.ts';
import type { StreamName } from '../../platform/event-store/stream-name.ts';
import type { MemoryLog } from '../support/memory-log.ts';

/** What becomes of a read or an append. Whoever asked is told the store is unavailable in all cases but the first. */
export type Fate = 'answered' | 'reply lost' | 'not done' | 'done later';

/** Whether the condition of an append is looked at in one step with it, or in a step before it, as EventStoreDB needs. */
export type Conditions = 'held' | 'looked at before';

/** A read or an append that has been asked for and has not happened yet. */
interface Step {
  /** The connection it came by. */
  readonly by: SteppedLog;
  readonly isAppend: boolean;
  go(fate: Fate): void;
}

/** What has been asked for at all connections, in the order of asking: it happens when somebody says so, in any order. */
export class Steps {
  readonly #waiting: Step[] = [];

  get count(): number {
    return this.#waiting.length;
  }

  add(step: Step): void {
    this.#waiting.push(step);
  }

  go(index: number, fate: Fate): void {
    for (const step of this.#waiting.splice(index, 1)) step.go(fate);
  }

  /** Whoever asked by this connection is no more. What was to be appended is on its way, perhaps. */
  drop(by: SteppedLog, appendsToo: boolean): void {
    const left = this.#waiting.filter((step) => step.by !== by || (step.isAppend && !appendsToo));
    this.#waiting.splice(0, this.#waiting.length, ...left);
  }
}

/** One process's connection to the log. */
export class SteppedLog implements EventStore {
  readonly #log: MemoryLog;
  readonly #steps: Steps;
  readonly #conditions: Conditions;

  constructor(log: MemoryLog, steps: Steps, conditions: Conditions) {
    this.#log = log;
    this.#steps = steps;
    this.#conditions = conditions;
  }

  async append<E extends DomainEvent>(
    stream: StreamName<E>,
    expectedRevision: number,
    events: readonly NewEvent<E>[],
    condition?: AppendCondition,
  ): Promise<AppendResult> {
    if (!condition || this.#conditions === 'held')
      return this.#step(() => this.#log.append(stream, expectedRevision, events, condition), true);
    const last = await this.readStream(condition.stream, { direction: 'backwards', limit: 1 });
    if ((last[0]?.revision ?? NO_STREAM) !== condition.revision) return { outcome: 'outdated' };
    return this.#step(() => this.#log.append(stream, expectedRevision, events), true);
  }

  readStream<E extends DomainEvent>(
    stream: StreamName<E>,
    options: ReadOptions,
  ): Promise<RecordedEvent<E>[]> {
    return this.#step(() => this.#log.readStream(stream, options), false);
  }

  readAt(position: bigint): Promise<RecordedEvent | null> {
    return this.#step(() => this.#log.readAt(position), false);
  }

  async commitWait(): Promise<void> {}

  end(): Promise<bigint> {
    return this.#log.end();
  }

  subscribe(): never {
    return this.#log.subscribe();
  }

  identity(): Promise<string> {
    return this.#log.identity();
  }

  renewIdentity(): Promise<string> {
    return this.#log.renewIdentity();
  }

  async close(): Promise<void> {}

  #step<Result>(work: () => Promise<Result>, isAppend: boolean): Promise<Result> {
    return new Promise((resolve, reject) => {
      const away = () => reject(new EventStoreUnavailable('so the schedule says'));
      const go = (fate: Fate) => {
        if (fate !== 'answered') away();
        if (fate === 'done later') this.#steps.add({ by: this, isAppend, go });
        else if (fate !== 'not done') work().then(resolve, reject);
      };
      this.#steps.add({ by: this, isAppend, go });
    });
  }
}
