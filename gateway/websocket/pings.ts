import type { Tab } from './tab.ts';

/** A tab waits an interval for its next ping; of all tabs one part is pinged at a time, so that they are never all at once. */
const PARTS = 25;

/** Each tab is pinged once in an interval, however much else it is sent: a browser does not see what keeps the connection alive otherwise. */
export class Pings {
  readonly #ping: (tab: Tab) => void;
  readonly #parts = Array.from({ length: PARTS }, () => new Set<Tab>());
  readonly #partOf = new Map<Tab, Set<Tab>>();
  readonly #timer: NodeJS.Timeout;
  #turn = 0;

  constructor(intervalMs: number, ping: (tab: Tab) => void) {
    this.#ping = ping;
    this.#timer = setInterval(() => this.#next(), intervalMs / PARTS).unref();
  }

  /** For the first time in an interval from now. */
  add(tab: Tab): void {
    const part = this.#parts[this.#turn];
    part?.add(tab);
    if (part) this.#partOf.set(tab, part);
  }

  remove(tab: Tab): void {
    this.#partOf.get(tab)?.delete(tab);
    this.#partOf.delete(tab);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #next(): void {
    this.#turn = (this.#turn + 1) % PARTS;
    for (const tab of [...(this.#parts[this.#turn] ?? [])]) this.#ping(tab);
  }
}
