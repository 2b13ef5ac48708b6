import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, TalkingTab } from './tabs-on-store.ts';

/** After the load has dropped, or the store is there again, this is how long it may take until all is well. */
export const BACK_WITHIN_S = 5;

/** A message that is not acked by then is given up: people do. */
const PATIENCE_MS = 10_000;
const SHORTEST_BACKOFF_MS = 200;
const LONGEST_BACKOFF_MS = 2000;
const TICK_MS = 10;

/** How a client waits before it sends again what was refused for the moment. */
type Manner = (answer: Answer, tries: number) => number;

/** As the server says; where it does not say, longer each time. */
const backingOff: Manner = ({ retryAfterMs }, tries) =>
  retryAfterMs ?? Math.min(SHORTEST_BACKOFF_MS * 2 ** tries, LONGEST_BACKOFF_MS) * (0.5 + Math.random());

const impatient: Manner = () => 100 + 300 * Math.random();

interface SaidMessage {
  readonly id: string;
  readonly saidAt: number;
  /** undefined: given up, or still being sent. */
  ackedAt: number | undefined;
  tries: number;
}

/** People who talk, half of them with clients that back off and half with clients that do not; and what became of it. */
export class Load {
  readonly #tabs: readonly TalkingTab[];
  readonly #said: SaidMessage[] = [];
  readonly #talking = new Set<Promise<void>>();
  readonly #began = performance.now();
  #next = 0;

  constructor(tabs: readonly TalkingTab[]) {
    this.#tabs = tabs;
  }

  /** Seconds since it began. */
  get now(): number {
    return (performance.now() - this.#began) / 1000;
  }

  /** New messages, evenly, whatever becomes of those before. Resolves with the last, though many may be under way. */
  async talk(seconds: number, perSecond: number): Promise<void> {
    const [from, until] = [this.now, this.now + seconds];
    for (let said = 0; this.now < until; await delay(TICK_MS))
      for (; said < (this.now - from) * perSecond; said += 1) {
        const saying = this.#say().finally(() => this.#talking.delete(saying));
        this.#talking.add(saying);
      }
  }

  async settled(): Promise<void> {
    await Promise.all(this.#talking);
  }

  /** Messages acked in a second, between two moments in seconds. */
  goodput(from: number, to: number): number {
    const acked = this.#said.filter(
      ({ ackedAt }) => ackedAt !== undefined && ackedAt >= from && ackedAt < to,
    );
    return acked.length / (to - from);
  }

  /** Messages said for the first time in a second. */
  asked(from: number, to: number): number {
    return this.#between(from, to).length / (to - from);
  }

  /** Whole seconds, one after the other. */
  seconds(): { second: number; asked: number; acked: number }[] {
    return Array.from({ length: Math.floor(this.now) }, (_, second) => ({
      second,
      asked: this.asked(second, second + 1),
      acked: this.goodput(second, second + 1),
    }));
  }

  /** The ids of all that was acked. */
  acked(): string[] {
    return this.#said.flatMap(({ id, ackedAt }) => (ackedAt === undefined ? [] : id));
  }

  /** The part of what was said then that was acked without being sent again. */
  ackedAtFirst(from: number, to: number): number {
    const said = this.#between(from, to);
    return said.filter(({ tries, ackedAt }) => tries === 1 && ackedAt !== undefined).length / said.length;
  }

  #between(from: number, to: number): SaidMessage[] {
    return this.#said.filter(({ saidAt }) => saidAt >= from && saidAt < to);
  }

  async #say(): Promise<void> {
    const number = this.#next++;
    const tab = this.#tabs[number % this.#tabs.length];
    const waitMs = number % 2 === 0 ? backingOff : impatient;
    const message: SaidMessage = { id: randomUUID(), saidAt: this.now, ackedAt: undefined, tries: 0 };
    this.#said.push(message);
    while (tab && (this.now - message.saidAt) * 1000 < PATIENCE_MS) {
      message.tries += 1;
      const answer = await tab.say(message.id);
      if (answer.isAck) {
        message.ackedAt = this.now;
        return;
      }
      await delay(waitMs(answer, message.tries));
    }
  }
}

export const inPercent = (part: number): string => `${Math.round(100 * part)} %`;
