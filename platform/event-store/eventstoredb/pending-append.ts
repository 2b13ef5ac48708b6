import { type AppendResult, EventStoreUnavailable, type NewEvent } from '../event-store.ts';

export interface Append {
  readonly stream: string;
  readonly expectedRevision: number;
  readonly events: readonly NewEvent[];
}

/** An append and the one who waits for it. Settles once, at its deadline at the latest. */
export class PendingAppend {
  readonly append: Append;
  readonly outcome: Promise<AppendResult>;
  /** Place in the order of sending; 0 until it is sent. */
  number = 0;
  #timer: NodeJS.Timeout | undefined;
  #settle: ((outcome: AppendResult | Error) => void) | undefined;

  constructor(append: Append, timeoutMs: number, expired: () => void) {
    this.append = append;
    this.outcome = new Promise((resolve, reject) => {
      this.#settle = (outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome));
    });
    this.#timer = setTimeout(() => {
      this.settle(new EventStoreUnavailable('an append was not answered in time'));
      expired();
    }, timeoutMs);
  }

  get settled(): boolean {
    return this.#settle === undefined;
  }

  settle(outcome: AppendResult | Error): void {
    clearTimeout(this.#timer);
    this.#settle?.(outcome);
    this.#settle = undefined;
  }
}
