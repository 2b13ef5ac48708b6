import { type AppendResult, beginBy, EventStoreUnavailable } from '../event-store.ts';

/** What is written of an event, whatever it says: a domain event, or one of the store's own. */
export interface WrittenEvent {
  readonly id: string;
  readonly event: { readonly type: string; readonly data: object };
  readonly metadata: object;
}

export interface Append {
  readonly stream: string;
  readonly expectedRevision: number;
  readonly events: readonly WrittenEvent[];
}

/** An append and the one who waits for it. Settles once, and not after its deadline. */
export class PendingAppend {
  readonly append: Append;
  readonly outcome: Promise<AppendResult>;
  /** Place in the order of sending; 0 until it is sent. */
  number = 0;
  /** By `performance.now()`. */
  sentAt = 0;
  readonly #deadline: number | undefined;
  readonly #patienceMs: number;
  #timer: NodeJS.Timeout | undefined;
  #settle: ((outcome: AppendResult | Error) => void) | undefined;

  /** `deadline` by `performance.now()`; `patienceMs`: for its turn, and then for its answer, at most. */
  constructor(append: Append, deadline: number | undefined, patienceMs: number) {
    this.append = append;
    this.#deadline = deadline;
    this.#patienceMs = patienceMs;
    this.outcome = new Promise((resolve, reject) => {
      this.#settle = (outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome));
    });
  }

  get settled(): boolean {
    return this.#settle === undefined;
  }

  /** It cannot be sent yet. `expired` is called when it has waited too long to be sent at all. */
  waits(expired: () => void): void {
    const now = performance.now();
    this.#timer = setTimeout(
      () => {
        this.settle(new EventStoreUnavailable('an append waited too long'));
        expired();
      },
      beginBy(now, this.#deadline, this.#patienceMs) - now,
    );
  }

  sent(number: number): void {
    this.number = number;
    this.sentAt = performance.now();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.settle(new EventStoreUnavailable('an append was not answered in time')),
      Math.min(this.#patienceMs, (this.#deadline ?? Number.POSITIVE_INFINITY) - this.sentAt),
    );
  }

  settle(outcome: AppendResult | Error): void {
    clearTimeout(this.#timer);
    this.#settle?.(outcome);
    this.#settle = undefined;
  }
}
