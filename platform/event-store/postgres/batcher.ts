import { WaitGroup } from '../../wait-group.ts';
import { beginBy, EventStoreUnavailable } from '../event-store.ts';
import { failure } from './failure.ts';

export interface Batchable {
  /** What it counts for in the limits. */
  readonly weight: number;
  /** Two with the same key never share a batch. */
  readonly key?: string;
  /**
   * Those of one line are run in the order in which they were added, and none of them in one batch with an earlier item
   * that has the line as its key.
   */
  readonly line?: string | undefined;
  /** By `performance.now()`: who waits for it is gone then. */
  readonly deadline?: number | undefined;
  reject(error: Error): void;
}

export interface BatcherOptions<Item extends Batchable> {
  /** An item that is heavier has a batch to itself. */
  readonly maxBatchWeight: number;
  /** Items beyond it are rejected at once. */
  readonly maxQueuedWeight: number;
  readonly maxBatchesUnderWay: number;
  /** How long an item may wait for its batch, in milliseconds, if its deadline is not sooner. */
  readonly maxWaitMs: number;
  /** Resolves every item, or rejects and has resolved none. */
  readonly run: (batch: readonly Item[]) => Promise<void>;
}

interface Queued<Item> {
  readonly item: Item;
  readonly beginBy: number;
}

/**
 * Gathers what arrives in one turn of the event loop and while earlier batches are under way, so that many share one
 * round trip. First come, first served, but for those held back by their key or line.
 */
export class Batcher<Item extends Batchable> {
  readonly #options: BatcherOptions<Item>;
  #queue: Queued<Item>[] = [];
  #queuedWeight = 0;
  readonly #underWay = new Set<readonly Item[]>();
  /** Items that wait or are under way. */
  readonly #items = new WaitGroup();
  #scheduled = false;

  constructor(options: BatcherOptions<Item>) {
    this.#options = options;
  }

  add(item: Item): void {
    if (this.#queuedWeight + item.weight > this.#options.maxQueuedWeight) {
      item.reject(new EventStoreUnavailable('the event store has too much to do'));
      return;
    }
    this.#queuedWeight += item.weight;
    this.#items.add();
    const now = performance.now();
    this.#queue.push({ item, beginBy: beginBy(now, item.deadline, this.#options.maxWaitMs) });
    this.#schedule();
  }

  /** Resolves when nothing waits and nothing is under way. */
  idle(): Promise<void> {
    return this.#items.wait();
  }

  #schedule(): void {
    if (this.#scheduled || this.#queue.length === 0) return;
    if (this.#underWay.size >= this.#options.maxBatchesUnderWay) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#runNext();
    });
  }

  async #runNext(): Promise<void> {
    const batch = this.#take();
    if (batch.length === 0) return;
    this.#underWay.add(batch);
    this.#schedule();
    await this.#run(batch);
    this.#underWay.delete(batch);
    this.#items.done(batch.length);
    this.#schedule();
  }

  /** A batch that is refused is tried one by one: who asks for nonsense does no harm to others. */
  async #run(batch: readonly Item[]): Promise<void> {
    try {
      await this.#options.run(batch);
    } catch (error) {
      const reason = failure(error);
      const settled = batch.length === 1 || reason instanceof EventStoreUnavailable;
      if (settled) for (const item of batch) item.reject(reason);
      else for (const item of batch) await this.#run([item]);
    }
  }

  #take(): Item[] {
    const { maxBatchWeight } = this.#options;
    const now = performance.now();
    const batch: Item[] = [];
    const keys = new Set<string>();
    const linesUnderWay = new Set<string | undefined>();
    for (const earlier of this.#underWay) for (const { line } of earlier) linesUnderWay.add(line);
    const mustWait = ({ key, line }: Item) =>
      (key !== undefined && keys.has(key)) ||
      (line !== undefined && (keys.has(line) || linesUnderWay.has(line)));
    const heldBack: Queued<Item>[] = [];
    let weight = 0;
    let looked = 0;
    for (const queued of this.#queue) {
      const { item } = queued;
      if (batch.length > 0 && weight + item.weight > maxBatchWeight) break;
      looked += 1;
      if (now > queued.beginBy) {
        this.#queuedWeight -= item.weight;
        item.reject(new EventStoreUnavailable('the event store did not get to it in time'));
        this.#items.done();
        continue;
      }
      if (mustWait(item)) {
        heldBack.push(queued);
        continue;
      }
      this.#queuedWeight -= item.weight;
      weight += item.weight;
      batch.push(item);
      if (item.key !== undefined) keys.add(item.key);
    }
    this.#queue = heldBack.concat(this.#queue.slice(looked));
    return batch;
  }
}
