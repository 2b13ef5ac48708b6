import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type MessageBus, NoResponder, RequestTimeout } from '../platform/message-bus/message-bus.ts';
import { readPayload } from '../platform/message-bus/payload.ts';
import { jittered } from '../platform/pause.ts';
import { type LeaderPosition, leaderPosition, PUBLISHED } from '../protocol/subjects.ts';

/** A leader answers at once. One that does not is frozen, or gone without the bus knowing it yet. */
const ANSWER_MS = 1000;

/** Between two requests while nobody answers: a change of leaders takes some seconds. */
const RETRY_MS = 100;

/** Asks whoever leads the projection how far it has published. One for a gateway, so that all who ask share the requests. */
export class Leader {
  readonly #bus: MessageBus;
  readonly #logger: Logger;
  #previous: Promise<unknown> = Promise.resolve();
  #next: Promise<LeaderPosition | null> | null = null;

  constructor(bus: MessageBus, logger: Logger) {
    this.#bus = bus;
    this.#logger = logger;
  }

  /**
   * What this leader publishes beyond the answered position reaches every subscription that was confirmed before the call. null:
   * nobody has answered; ask again. Requests go one after the other, and each is shared by all who ask before it is sent.
   */
  published(): Promise<LeaderPosition | null> {
    if (!this.#next) {
      const next = this.#previous.then(() => {
        this.#next = null;
        return this.#ask();
      });
      this.#next = next;
      this.#previous = next.then((answer) => answer ?? pause(jittered(RETRY_MS), null, { ref: false }));
    }
    return this.#next;
  }

  /** As `published`, asking again until somebody answers. null: nobody has within so many milliseconds. */
  async publishedWithin(patienceMs: number): Promise<LeaderPosition | null> {
    const over = new AbortController();
    const late = pause(patienceMs, null, { ref: false, signal: over.signal }).catch(() => null);
    const deadline = performance.now() + patienceMs;
    let answer: LeaderPosition | null = null;
    while (!answer && performance.now() < deadline) answer = await Promise.race([this.published(), late]);
    over.abort();
    return answer;
  }

  async #ask(): Promise<LeaderPosition | null> {
    try {
      const answer = await this.#bus.request(PUBLISHED, '', { timeoutMs: ANSWER_MS });
      return readPayload(leaderPosition, answer);
    } catch (err) {
      const nobodyLeads = err instanceof NoResponder || err instanceof RequestTimeout;
      this.#logger[nobodyLeads ? 'debug' : 'warn']({ err }, 'the leader has not answered');
      return null;
    }
  }
}
