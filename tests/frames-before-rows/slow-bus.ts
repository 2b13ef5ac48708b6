import { pino } from 'pino';
import { createInProcessBus } from '../../platform/message-bus/in-process/in-process-bus.ts';
import {
  assertPayloadFits,
  type MessageBus,
  NoResponder,
  RequestTimeout,
  type Subscription,
} from '../../platform/message-bus/message-bus.ts';
import type { Schedule } from './world.ts';

/** What is on its way in one direction: it arrives in order, each thing when the schedule says so. */
class Line {
  readonly #step: () => Promise<void>;
  #last: Promise<void> = Promise.resolve();
  #generation = 0;

  constructor(step: () => Promise<void>) {
    this.#step = step;
  }

  add(arrive: () => void): void {
    const generation = this.#generation;
    this.#last = this.#last.then(async () => {
      if (generation === this.#generation) await this.#step();
      if (generation === this.#generation) arrive();
    });
  }

  /** Whatever is under way is lost. */
  cut(): void {
    this.#generation += 1;
  }
}

/** One process at the bus, on a connection that is as slow as the schedule says, and may break. */
export interface Member {
  readonly bus: MessageBus;
  /** The connection is gone, and what was under way with it. */
  break(): void;
  mend(): void;
  /** The process is gone: nothing of it answers or listens any more. */
  kill(): void;
}

/** In steps of the schedule, for each thing that is on its way. */
export interface Delays {
  readonly sends: number;
  readonly gets: number;
}

/** A bus between processes: the one of a single process, with connections in between as NATS has them. */
export class SlowBus {
  readonly #inner = createInProcessBus({ logger: pino({ level: 'silent' }) });
  readonly #schedule: Schedule;
  readonly #interruptions = new Set<() => void>();

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  connect(name: string, { sends, gets }: Delays): Member {
    const inner = this.#inner;
    const [out, back] = [
      new Line(() => this.#steps(`${name} sends`, sends)),
      new Line(() => this.#steps(`${name} gets`, gets)),
    ];
    const listeners: (() => void)[] = [];
    const lost = new Set<(error: Error) => void>();
    const subscriptions = new Set<Subscription>();
    let isWhole = true;
    let mayHaveLost = false;

    const interrupted = () => {
      for (const listener of listeners) listener();
    };
    const interruptedElsewhere = () => back.add(interrupted);
    this.#interruptions.add(interruptedElsewhere);

    /** There and back again; rejects when the connection breaks meanwhile. */
    const roundTrip = <Answer>(there: () => Promise<Answer>): Promise<Answer> =>
      new Promise((resolve, reject) => {
        const fail = (error: unknown) => {
          lost.delete(fail);
          reject(error);
        };
        lost.add(fail);
        out.add(() => {
          const arrived = there();
          arrived.then(
            (answer) =>
              back.add(() => {
                lost.delete(fail);
                resolve(answer);
              }),
            (error) => back.add(() => fail(error)),
          );
        });
      });

    const bus: MessageBus = {
      publish(subject, payload) {
        assertPayloadFits(subject, payload, inner.maxPayloadBytes());
        mayHaveLost = true;
        if (isWhole) out.add(() => inner.publish(subject, payload));
      },
      maxPayloadBytes: () => inner.maxPayloadBytes(),
      flush: () => (isWhole ? roundTrip(async () => {}) : Promise.reject(new Error('no connection'))),
      async subscribe(subject, handler) {
        let isActive = true;
        const there = async () => {
          const subscription = await inner.subscribe(subject, (payload) => {
            if (isWhole) back.add(() => isActive && handler(payload));
          });
          subscriptions.add(subscription);
          return subscription;
        };
        const standing = isWhole ? roundTrip(there).catch(there) : there();
        const subscription = await standing;
        return {
          async unsubscribe() {
            isActive = false;
            subscriptions.delete(subscription);
            await subscription.unsubscribe();
          },
        };
      },
      request(subject, payload, options) {
        if (!isWhole) return Promise.reject(new NoResponder('no connection'));
        return roundTrip(() => inner.request(subject, payload, options));
      },
      async respond(subject, group, handler) {
        const responder = await inner.respond(
          subject,
          group,
          (payload) =>
            new Promise((resolve, reject) => {
              const answer = () => void handler(payload).then((reply) => out.add(() => resolve(reply)));
              if (isWhole) back.add(answer);
              else reject(new RequestTimeout('no connection'));
            }),
        );
        const subscription = { unsubscribe: () => forget(responder) };
        subscriptions.add(subscription);
        return subscription;
      },
      onInterrupted: (listener) => void listeners.push(listener),
      isConnected: () => isWhole,
      async close() {},
    };

    /** Requests that are not answered any more keep nobody waiting. */
    const forget = async (subscription: Subscription) => {
      void subscription.unsubscribe();
    };

    const cut = () => {
      isWhole = false;
      out.cut();
      back.cut();
      for (const fail of [...lost]) fail(new RequestTimeout('the connection broke'));
    };

    const tellOthers = () => {
      mayHaveLost = false;
      for (const tell of this.#interruptions) if (tell !== interruptedElsewhere) tell();
    };

    return {
      bus,
      break() {
        if (!isWhole) return;
        cut();
        interrupted();
      },
      mend() {
        if (isWhole) return;
        isWhole = true;
        if (mayHaveLost) out.add(tellOthers);
        interrupted();
      },
      kill: () => {
        cut();
        this.#interruptions.delete(interruptedElsewhere);
        listeners.splice(0);
        for (const subscription of subscriptions) void forget(subscription);
      },
    };
  }

  async #steps(label: string, count: number): Promise<void> {
    for (let step = 0; step < count; step += 1) await this.#schedule(label);
  }
}
