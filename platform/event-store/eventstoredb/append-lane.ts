import { type AppendResult, EventStoreUnavailable, type NewEvent } from '../event-store.ts';
import { AppendGivenUp, LogUnreachable } from './failures.ts';
import { type Append, PendingAppend } from './pending-append.ts';

/** What the lane needs of a client. Rejects with `LogUnreachable` when the call that appends share has failed. */
export interface AppendClient {
  append(stream: string, expectedRevision: number, events: readonly NewEvent[]): Promise<AppendResult>;
  /** Ends the calls under way. */
  dispose(): Promise<void>;
}

export interface AppendLaneOptions {
  readonly connect: () => AppendClient;
  readonly maxInFlight: number;
  readonly maxQueued: number;
  readonly timeoutMs: number;
}

/** The calls of a dead connection end by keepalive within 14 s; those that have not by then never will. */
const GIVE_UP_MS = 20_000;

/**
 * The one way of all appends to the server: a bound in flight, a bounded queue behind it, a deadline for each.
 *
 * When the call that they share fails, or its server falls silent, all appends in flight are settled before the next
 * one is sent, so that there are never two calls at once: the client library would mix them up.
 */
export class AppendLane {
  readonly #options: AppendLaneOptions;
  readonly #inFlight = new Set<PendingAppend>();
  readonly #queue: PendingAppend[] = [];
  #client: AppendClient;
  #open = true;
  #closed = false;
  #replacing = false;
  #sent = 0;
  #newestAnswered = 0;

  constructor(options: AppendLaneOptions) {
    this.#options = options;
    this.#client = options.connect();
  }

  append(append: Append): Promise<AppendResult> {
    if (this.#closed) return Promise.reject(new EventStoreUnavailable('the store is closed'));
    if (this.#queue.length >= this.#options.maxQueued) {
      return Promise.reject(new EventStoreUnavailable('too many appends are waiting'));
    }
    const pending = new PendingAppend(append, this.#options.timeoutMs, () => this.#expired(pending));
    this.#queue.push(pending);
    this.#pump();
    return pending.outcome;
  }

  /** Every append under way has its deadline, so this takes no longer. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled([...this.#inFlight, ...this.#queue].map(({ outcome }) => outcome));
    await this.#client.dispose();
  }

  #pump(): void {
    while (this.#open && this.#inFlight.size < this.#options.maxInFlight) {
      const next = this.#queue.shift();
      if (!next) return;
      if (!next.settled) void this.#send(next);
    }
  }

  /** What the server gave up on is asked once more: mostly it has been stored meanwhile, for another who asked first. */
  async #send(pending: PendingAppend, askedBefore = false): Promise<void> {
    pending.number = this.#sent += 1;
    this.#inFlight.add(pending);
    const { stream, expectedRevision, events } = pending.append;
    const answer = await this.#client.append(stream, expectedRevision, events).catch(asError);
    const askAgain = answer instanceof AppendGivenUp && this.#open && !askedBefore;
    if (!askAgain) pending.settle(answer);
    if (!this.#inFlight.has(pending)) return;
    if (answer instanceof LogUnreachable) this.#open = false;
    else this.#newestAnswered = Math.max(this.#newestAnswered, pending.number);
    if (askAgain) return this.#send(pending, true);
    this.#release(pending);
  }

  #release(pending: PendingAppend): void {
    this.#inFlight.delete(pending);
    if (this.#open) this.#pump();
    else if (this.#inFlight.size === 0) this.#reopen();
  }

  #expired(pending: PendingAppend): void {
    while (this.#queue[0]?.settled) this.#queue.shift();
    if (!this.#inFlight.has(pending)) return;
    // Answered out of order, or its answer alone is lost: the call itself lives. Otherwise the server is silent.
    if (this.#newestAnswered > pending.number) this.#release(pending);
    else this.#replaceClient();
  }

  /** Ends the silent call, which settles what is in flight and so reopens the lane. */
  #replaceClient(): void {
    if (this.#replacing) return;
    this.#replacing = true;
    this.#open = false;
    void this.#client.dispose();
    const stuck = [...this.#inFlight];
    setTimeout(() => {
      for (const pending of stuck) if (this.#inFlight.has(pending)) this.#release(pending);
    }, GIVE_UP_MS).unref();
  }

  /** The client mends its connection meanwhile; the jitter keeps many services from returning in one instant. */
  #reopen(): void {
    if (this.#replacing) this.#client = this.#options.connect();
    this.#replacing = false;
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
