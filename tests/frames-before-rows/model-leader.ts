import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { MessageBus } from '../../platform/message-bus/message-bus.ts';
import { createProjectionMetrics } from '../../projection-service/metrics.ts';
import {
  answerPublished,
  type PublishingParts,
  publishPosition,
  publishPresence,
  publishPushes,
} from '../../projection-service/publisher.ts';
import { type Log, Replaced, type Rows, type Schedule } from './world.ts';

/** What a new leader waits for after its former term has ended in a failure. */
const BETWEEN_TERMS_MS = 50;

export interface LeaderParts {
  readonly bus: MessageBus;
  readonly log: Log;
  readonly rows: Rows;
  readonly schedule: Schedule;
  readonly name: string;
  /** Events that are published together. */
  readonly batchSize: number;
  /** After so many steps it hears that it was replaced. */
  readonly hearsLate: number;
}

/**
 * A projection service as far as tabs can tell: it publishes what the log holds beyond the checkpoint, and has it written when
 * the bus has all of it. After a failure it begins again from the checkpoint, in another epoch.
 */
export class ModelLeader {
  readonly #parts: LeaderParts;
  readonly #publishing: PublishingParts;
  #isEnded = false;
  #isInterrupted = false;
  #isReplaced = false;
  #thawed: Promise<void> = Promise.resolve();
  #thaw = () => {};
  #waiting: (() => void)[] = [];

  constructor(parts: LeaderParts) {
    this.#parts = parts;
    this.#publishing = {
      bus: parts.bus,
      metrics: createProjectionMetrics(new Registry()),
      logger: pino({ level: 'silent' }),
    };
    parts.log.onAppended(() => this.#wake());
    parts.bus.onInterrupted(() => {
      this.#isInterrupted = true;
      this.#wake();
    });
  }

  /** Until it is killed. Resolves when it has been replaced, too. */
  async lead(): Promise<void> {
    while (!this.#isEnded && !this.#isReplaced) {
      await this.#serveTerm().catch((error) => {
        if (error instanceof Replaced) this.#isReplaced = true;
      });
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_TERMS_MS));
    }
  }

  freeze(): void {
    this.thaw();
    this.#thawed = new Promise((resolve) => {
      this.#thaw = resolve;
    });
  }

  thaw(): void {
    this.#thaw();
  }

  /** Its connection to the database has ended, which it notices some time later: it begins another term. */
  async disconnect(): Promise<void> {
    await this.#step('notices that the database is away');
    this.#isInterrupted = true;
    this.#wake();
  }

  kill(): void {
    this.#isEnded = true;
    this.#wake();
  }

  /** It hears some time later that somebody else has taken over, if it has not tried to write before. */
  async #replaced(): Promise<void> {
    for (let late = 0; late < this.#parts.hearsLate; late += 1)
      await this.#step('will hear that it was replaced');
    this.#isReplaced = true;
    this.#wake();
  }

  async #serveTerm(): Promise<void> {
    const { bus, log, rows, batchSize } = this.#parts;
    this.#isInterrupted = false;
    await this.#step('begins');
    const term = { isOver: false };
    const taken = await rows.takeOver(() => {
      if (!term.isOver) void this.#replaced();
    });
    const { epoch, connection } = taken;
    let { position } = taken;
    let published = position;
    const answering = await answerPublished(bus, () => ({ epoch, position: published }));
    const mustEnd = () => term.isOver || this.#isEnded || this.#isInterrupted || this.#isReplaced;

    const publish = async () => {
      for (;;) {
        if (published >= log.end) await this.#news(mustEnd);
        await this.#step('publishes');
        if (mustEnd()) return;
        const pushes = log.pushesAfter(published, batchSize);
        publishPushes(this.#publishing, epoch, pushes);
        publishPresence(this.#publishing, epoch, log.statesAfter(published, batchSize));
        const last = published + BigInt(batchSize);
        published = last < log.end ? last : log.end;
        this.#wake();
      }
    };
    const write = async () => {
      for (;;) {
        if (position >= published) await this.#news(mustEnd);
        await this.#step('flushes');
        const next = published;
        if (mustEnd()) return;
        if (next === position) continue;
        await bus.flush();
        await this.#step('has flushed');
        if (mustEnd()) return;
        await rows.write({ epoch, connection, position }, next);
        await this.#step('knows what is written');
        if (mustEnd()) return;
        position = next;
        publishPosition(this.#publishing, position);
      }
    };
    const untilOver = (work: Promise<void>) =>
      work.finally(() => {
        term.isOver = true;
        this.#wake();
      });
    try {
      const ended = await Promise.allSettled([untilOver(publish()), untilOver(write())]);
      for (const end of ended) if (end.status === 'rejected') throw end.reason;
    } finally {
      await answering.unsubscribe();
    }
  }

  async #step(label: string): Promise<void> {
    await this.#parts.schedule(`${this.#parts.name} ${label}`);
    await this.#thawed;
  }

  /** Resolves when there may be something to do. */
  async #news(mustEnd: () => boolean): Promise<void> {
    if (!mustEnd()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
