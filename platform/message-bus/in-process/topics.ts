import type { Logger } from 'pino';
import type { Subscription } from '../message-bus.ts';

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
