import type { Logger } from 'pino';
import type { MessageBus, Subscription } from '../../platform/message-bus/message-bus.ts';
import { decodePushes } from '../../protocol/pushes.ts';
import { pushSubject } from '../../protocol/subjects.ts';
import type { Tab } from './tab.ts';

interface Audience {
  readonly tabs: Set<Tab>;
  readonly subscription: Promise<Subscription>;
}

/** Which tabs each user has here. A user's pushes are subscribed to while there is one. */
export class Audiences {
  readonly #bus: MessageBus;
  readonly #logger: Logger;
  readonly #byUser = new Map<string, Audience>();

  constructor(bus: MessageBus, logger: Logger) {
    this.#bus = bus;
    this.#logger = logger;
  }

  /** Resolves when what is pushed to the user from now on reaches the tab; rejects when it cannot. */
  async join(tab: Tab, username: string): Promise<void> {
    const subject = pushSubject(username);
    const audience = this.#byUser.get(subject) ?? this.#subscribe(subject);
    audience.tabs.add(tab);
    await audience.subscription;
  }

  /** A user who comes back at once gets a new audience: the old one has no tabs, so nothing arrives twice. */
  leave(tab: Tab, username: string): void {
    const subject = pushSubject(username);
    const audience = this.#byUser.get(subject);
    if (!audience?.tabs.delete(tab) || audience.tabs.size > 0) return;
    this.#byUser.delete(subject);
    audience.subscription
      .then((subscription) => subscription.unsubscribe())
      .catch((err) => this.#logger.warn({ err }, 'a subscription could not be ended'));
  }

  #subscribe(subject: string): Audience {
    const tabs = new Set<Tab>();
    const subscription = this.#bus.subscribe(subject, (payload) => {
      const pushes = decodePushes(payload);
      for (const tab of tabs) tab.push(pushes);
    });
    const audience = { tabs, subscription };
    this.#byUser.set(subject, audience);
    return audience;
  }
}
