import type { Logger } from 'pino';
import {
  assertPayloadFits,
  assertTimeLeft,
  type MessageBus,
  NoResponder,
  RequestTimeout,
  type Subscription,
} from '../message-bus.ts';
import type { Payload } from '../payload.ts';

export interface InProcessBusOptions {
  readonly logger: Logger;
  /**
   * Requests that handlers may be at work on, those that nobody waits for any more included; beyond them a request rejects at
   * once. Default 10,000: more than a second's work.
   */
  readonly maxRequestsUnderWay?: number;
}

/** As a NATS server's: what works in one process works in many. */
const MAX_PAYLOAD_BYTES = 1024 * 1024;

/**
 * The message bus of one process: all members use the same object. Subjects match exactly. Nothing is ever lost, so
 * nobody is told of an interruption.
 */
export function createInProcessBus({
  logger,
  maxRequestsUnderWay = 10_000,
}: InProcessBusOptions): MessageBus {
  const topics = new Topics(logger);
  const responders = new Responders();
  let underWay = 0;
  let closed = false;

  /** What stays a value is bounded by whoever makes it: to measure it would be to write it. */
  const assertFits = (subject: string, payload: Payload) => {
    if (typeof payload === 'string') assertPayloadFits(subject, payload, MAX_PAYLOAD_BYTES);
  };

  async function request(subject: string, payload: Payload, timeoutMs: number): Promise<Payload> {
    assertFits(subject, payload);
    assertTimeLeft(subject, timeoutMs);
    if (underWay >= maxRequestsUnderWay) throw new NoResponder(`too many requests: ${subject}`);
    const chosen = responders.choose(subject);
    if (chosen.length === 0) throw new NoResponder(`nobody answers ${subject}`);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new RequestTimeout(`no answer from ${subject} within ${timeoutMs} ms`)),
        timeoutMs,
      );
      for (const responder of chosen) {
        underWay += 1;
        responder
          .handle(payload)
          .then((reply) => {
            assertFits(subject, reply);
            clearTimeout(timer);
            resolve(reply);
          })
          .catch((error) => logger.error({ err: error, subject }, 'responder failed'))
          .finally(() => {
            underWay -= 1;
          });
      }
    });
  }

  const refuseWhenClosed = () => {
    if (closed) throw new Error('the message bus is closed');
  };

  return {
    publish(subject, payload) {
      assertFits(subject, payload);
      topics.publish(subject, payload);
    },
    maxPayloadBytes: () => MAX_PAYLOAD_BYTES,
    flush: async () => {},
    async subscribe(subject, handler) {
      refuseWhenClosed();
      return topics.subscribe(subject, handler);
    },
    request: (subject, payload, { timeoutMs }) => request(subject, payload, timeoutMs),
    async respond(subject, group, handler) {
      refuseWhenClosed();
      return responders.add(subject, group, handler);
    },
    onInterrupted() {},
    isConnected: () => !closed,
    async close() {
      closed = true;
      await responders.close();
      topics.close();
    },
  };
}

interface Subscriber {
  readonly handler: (payload: string) => void;
  active: boolean;
}

/**
 * Publish/subscribe. A message is delivered in a microtask of its own: never on the publisher's stack, and in the order
 * of publishing. Nothing waits beyond the publisher's turn of the event loop, so there is no queue to bound.
 */
export class Topics {
  readonly #logger: Logger;
  /** The arrays are never changed, so a message keeps those who were there when it was published. */
  readonly #subscribers = new Map<string, readonly Subscriber[]>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  publish(subject: string, payload: string): void {
    const subscribers = this.#subscribers.get(subject);
    if (subscribers) queueMicrotask(() => this.#deliver(subject, payload, subscribers));
  }

  subscribe(subject: string, handler: (payload: string) => void): Subscription {
    const subscriber: Subscriber = { handler, active: true };
    this.#subscribers.set(subject, [...(this.#subscribers.get(subject) ?? []), subscriber]);
    return {
      unsubscribe: async () => {
        subscriber.active = false;
        const rest = this.#subscribers.get(subject)?.filter((other) => other !== subscriber) ?? [];
        if (rest.length > 0) this.#subscribers.set(subject, rest);
        else this.#subscribers.delete(subject);
      },
    };
  }

  close(): void {
    for (const subscriber of [...this.#subscribers.values()].flat()) subscriber.active = false;
    this.#subscribers.clear();
  }

  #deliver(subject: string, payload: string, subscribers: readonly Subscriber[]): void {
    for (const { active, handler } of subscribers) {
      if (!active) continue;
      try {
        handler(payload);
      } catch (error) {
        this.#logger.error({ err: error, subject }, 'subscriber failed');
      }
    }
  }
}

type Respond = (payload: Payload) => Promise<Payload>;

/** One member of a group, and the requests that it has been given and not finished. */
export class Responder {
  readonly #respond: Respond;
  #underWay = 0;
  #onIdle: (() => void)[] = [];

  constructor(respond: Respond) {
    this.#respond = respond;
  }

  /** Calls the handler in a microtask of its own, never on the requester's stack. */
  async handle(payload: Payload): Promise<Payload> {
    this.#underWay += 1;
    try {
      await undefined;
      return await this.#respond(payload);
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
    }
  }

  idle(): Promise<void> {
    if (this.#underWay === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }
}

interface Group {
  readonly members: Responder[];
  next: number;
}

/** Who answers which subject. */
export class Responders {
  readonly #groups = new Map<string, Map<string, Group>>();

  /** One member of each group, in turn. */
  choose(subject: string): Responder[] {
    const chosen: Responder[] = [];
    for (const group of this.#groups.get(subject)?.values() ?? []) {
      group.next = group.next + 1 < group.members.length ? group.next + 1 : 0;
      const member = group.members[group.next];
      if (member) chosen.push(member);
    }
    return chosen;
  }

  add(subject: string, groupName: string, respond: Respond): Subscription {
    const responder = new Responder(respond);
    const groups = this.#groups.get(subject) ?? new Map<string, Group>();
    const group = groups.get(groupName) ?? { members: [], next: 0 };
    group.members.push(responder);
    groups.set(groupName, group);
    this.#groups.set(subject, groups);
    return {
      unsubscribe: async () => {
        const place = group.members.indexOf(responder);
        if (place >= 0) group.members.splice(place, 1);
        await responder.idle();
      },
    };
  }

  /** Gives out no more requests; resolves when those under way are finished. */
  async close(): Promise<void> {
    const groups = [...this.#groups.values()].flatMap((named) => [...named.values()]);
    this.#groups.clear();
    await Promise.all(groups.flatMap(({ members }) => members.map((member) => member.idle())));
  }
}
