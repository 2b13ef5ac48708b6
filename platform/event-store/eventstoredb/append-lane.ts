import { type AppendResult, EventStoreUnavailable } from '../event-store.ts';
import { type EventStoreMetrics, UNOBSERVED } from '../metrics.ts';
import { AppendGivenUp, LogUnreachable } from './log-client.ts';
import { type Append, PendingAppend, type WrittenEvent } from './pending-append.ts';

/** What the lane needs of a client. Rejects with `LogUnreachable` when the call that appends share has failed. */
export interface AppendClient {
  append(stream: string, expectedRevision: number, events: readonly WrittenEvent[]): Promise<AppendResult>;
  /** Ends the calls under way; resolves when they are over. */
  dispose(): Promise<void>;
}

export interface AppendLaneOptions {
  readonly connect: () => AppendClient;
  readonly maxInFlight: number;
  readonly maxQueued: number;
  /** How long an append may wait, and then take; and how long the server may be silent while it has some to answer. */
  readonly timeoutMs: number;
  /** Default: nobody looks. */
  readonly metrics?: EventStoreMetrics;
}

/** The calls of a dead connection end by keepalive within 14 s; those that have not by then never will. */
const GIVE_UP_MS = 20_000;
const END_AGAIN_MS = 250;
/** An append that the server keeps for itself, as it does with some that it has already, holds up others this long. */
const LONGEST_GROUP_MS = 20;

/**
 * The one way of all appends to the server: a bound in flight, a bounded queue behind it, a deadline for each.
 *
 * They go in groups as large as the bound: when one is full, the next begins with the answer to its last append, and
 * what has come meanwhile leaves together. The server writes and flushes them together, which costs it a fifth less.
 *
 * When the call that they share fails, or its server falls silent, all appends in flight are settled before the next
 * one is sent, so that there are never two calls at once: the client library would mix them up.
 *
 * A server is silent when it has answered nothing for a while, not when one append is late: behind a queue, or on a
 * server that is merely slow, many are. Ending a call that lives would end all that it carries.
 */
export class AppendLane {
  readonly #options: AppendLaneOptions;
  readonly #metrics: EventStoreMetrics;
  readonly #inFlight = new Set<PendingAppend>();
  readonly #queue: PendingAppend[] = [];
  #client: AppendClient;
  #open = true;
  #closed = false;
  /** While the client is being replaced. */
  #ending: NodeJS.Timeout | undefined;
  #sent = 0;
  #newestAnswered = 0;
  #answeredAt = 0;
  #watch: NodeJS.Timeout | undefined;
  /** How many more may join the group. */
  #room = 0;
  /** That have been sent in the group so far. */
  #groupEvents = 0;
  #groupOverdue: NodeJS.Timeout | undefined;

  constructor(options: AppendLaneOptions) {
    this.#options = options;
    this.#metrics = options.metrics ?? UNOBSERVED;
    this.#client = options.connect();
  }

  /** `deadline` by `performance.now()`; rejects with `EventStoreUnavailable` then, or when it has waited too long before. */
  append(append: Append, deadline?: number): Promise<AppendResult> {
    if (this.#closed) return Promise.reject(new EventStoreUnavailable('the store is closed'));
    if (this.#queue.length >= this.#options.maxQueued) {
      return Promise.reject(new EventStoreUnavailable('too many appends are waiting'));
    }
    if (deadline !== undefined && deadline <= performance.now()) {
      return Promise.reject(new EventStoreUnavailable('an append came too late'));
    }
    const pending = new PendingAppend(append, deadline, this.#options.timeoutMs);
    this.#queue.push(pending);
    this.#pump();
    if (pending.number === 0) pending.waits(() => this.#forgetExpired());
    return pending.outcome;
  }

  /**
   * Every append under way has its time, so this takes no longer. The call that they shared is over afterwards: one
   * that broke later would take appends of other stores in this process with it.
   */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled([...this.#inFlight, ...this.#queue].map(({ outcome }) => outcome));
    clearTimeout(this.#watch);
    await this.#client.dispose();
  }

  #pump(): void {
    if (this.#newestAnswered === this.#sent || this.#inFlight.size === 0) this.#beginGroup();
    while (this.#open && this.#room > 0 && this.#inFlight.size < this.#options.maxInFlight) {
      const next = this.#queue.shift();
      if (!next) return;
      if (next.settled) continue;
      this.#room -= 1;
      void this.#send(next);
    }
    if (this.#room > 0 || this.#queue.length === 0) return;
    this.#groupOverdue ??= setTimeout(() => {
      this.#beginGroup();
      this.#pump();
    }, LONGEST_GROUP_MS);
  }

  #beginGroup(): void {
    clearTimeout(this.#groupOverdue);
    this.#groupOverdue = undefined;
    this.#room = this.#options.maxInFlight;
    if (this.#groupEvents > 0) this.#metrics.batched(this.#groupEvents);
    this.#groupEvents = 0;
  }

  /** What the server gave up on is asked once more: mostly it has been stored meanwhile, for another who asked first. */
  async #send(pending: PendingAppend, askedBefore = false): Promise<void> {
    this.#sent += 1;
    pending.sent(this.#sent);
    this.#inFlight.add(pending);
    this.#watch ??= this.#watchFor(this.#options.timeoutMs);
    const { stream, expectedRevision, events } = pending.append;
    this.#groupEvents += events.length;
    const answer = await this.#client.append(stream, expectedRevision, events).catch(asError);
    const askAgain = answer instanceof AppendGivenUp && this.#open && !askedBefore && !pending.settled;
    if (!askAgain) pending.settle(answer);
    if (!(answer instanceof LogUnreachable)) {
      this.#answeredAt = performance.now();
      this.#metrics.answered((this.#answeredAt - pending.sentAt) / 1000);
    }
    if (!this.#inFlight.has(pending)) return;
    if (answer instanceof LogUnreachable) this.#open = false;
    else this.#newestAnswered = Math.max(this.#newestAnswered, pending.number);
    if (!askAgain) return this.#release(pending);
    this.#inFlight.delete(pending);
    return this.#send(pending, true);
  }

  #release(pending: PendingAppend): void {
    this.#inFlight.delete(pending);
    if (this.#open) this.#pump();
    else if (this.#inFlight.size === 0) this.#reopen();
  }

  #forgetExpired(): void {
    while (this.#queue[0]?.settled) this.#queue.shift();
  }

  #watchFor(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#watch = undefined;
      this.#checkSilence();
    }, ms).unref();
  }

  /** One look for all that is in flight, in the order of sending. An answer that alone is lost gives its place back. */
  #checkSilence(): void {
    const { timeoutMs } = this.#options;
    const now = performance.now();
    for (const pending of this.#inFlight) {
      if (now - pending.sentAt < timeoutMs) break;
      if (this.#newestAnswered > pending.number) this.#release(pending);
    }
    const [oldest] = this.#inFlight;
    if (!oldest) return;
    const silentMs = now - Math.max(this.#answeredAt, oldest.sentAt);
    if (silentMs >= timeoutMs) this.#replaceClient();
    else this.#watch ??= this.#watchFor(timeoutMs - silentMs);
  }

  /**
   * Ends the silent call, which settles what is in flight and so reopens the lane. It is ended again and again: a call
   * that was only about to begin, its connection not being there yet, outlives the first try.
   */
  #replaceClient(): void {
    if (this.#ending) return;
    this.#open = false;
    const end = () => void this.#client.dispose().catch(() => {});
    this.#ending = setInterval(end, END_AGAIN_MS).unref();
    end();
    const stuck = [...this.#inFlight];
    setTimeout(() => {
      for (const pending of stuck) if (this.#inFlight.has(pending)) this.#release(pending);
    }, GIVE_UP_MS).unref();
  }

  /** The client mends its connection meanwhile; the jitter keeps many services from returning in one instant. */
  #reopen(): void {
    if (this.#ending) this.#client = this.#options.connect();
    clearInterval(this.#ending);
    this.#ending = undefined;
    setTimeout(
      () => {
        this.#open = true;
        this.#pump();
      },
      25 + Math.random() * 50,
    );
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new LogUnreachable('unknown'));
