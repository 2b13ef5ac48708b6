import type { Logger } from 'pino';
import type { MessageBus, Subscription } from '../../platform/message-bus/message-bus.ts';
import { decodePushes, type ReceivedPush } from '../../protocol/pushes.ts';
import { pushSubject } from '../../protocol/subjects.ts';
import type { Tab } from './tab.ts';

interface Audience {
  readonly tabs: Set<Tab>;
  readonly subscription: Promise<Subscription>;
}

/** Which tabs each user has here. A user's pushes are subscribed to while there is one. */
export class Audiences {
  readonly #bus: MessageBus;
  readonly #refill: (tabs: readonly Tab[]) => void;
  readonly #logger: Logger;
  readonly #byUser = new Map<string, Audience>();

  /** `refill` brings tabs up to date whose live pushes have a hole. */
  constructor(bus: MessageBus, refill: (tabs: readonly Tab[]) => void, logger: Logger) {
    this.#bus = bus;
    this.#refill = refill;
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
      const pushes = this.#read(payload);
      const behind: Tab[] = [];
      for (const tab of tabs) {
        if (pushes ? !tab.push(pushes) : tab.feed.interrupt()) behind.push(tab);
      }
      if (behind.length > 0) this.#refill(behind);
    });
    const audience = { tabs, subscription };
    this.#byUser.set(subject, audience);
    return audience;
  }

  /** null: it says nothing to us, so there is a hole. A service of another version may have written it. */
  #read(payload: string): readonly ReceivedPush[] | null {
    try {
      return decodePushes(payload).pushes;
    } catch (err) {
      this.#logger.warn({ err }, 'pushes that cannot be read are taken from the feed');
      return null;
    }
  }
}
