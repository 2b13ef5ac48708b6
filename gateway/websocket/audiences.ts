import type { Logger } from 'pino';
import type { MessageBus, Subscription } from '../../platform/message-bus/message-bus.ts';
import { decodePushes, encodePushes, NO_LEADER, type ReceivedPushes } from '../../protocol/pushes.ts';
import { PUSH_EVERYONE, pushSubject } from '../../protocol/subjects.ts';
import { userKey } from '../../read-models/user-key.ts';
import type { Tab } from './tab.ts';

interface UserTabs {
  readonly tabs: Set<Tab>;
  readonly subscription: Promise<Subscription>;
}

/** Which tabs each user has here. Pushes to a user are subscribed to while there is one, pushes to everyone while there is any. */
export class Audiences {
  readonly #bus: MessageBus;
  readonly #refill: (tabs: readonly Tab[]) => void;
  readonly #logger: Logger;
  readonly #byKey = new Map<string, UserTabs>();
  #everyone: Promise<Subscription> | null = null;

  /** `refill` brings tabs up to date whose live pushes have a hole. */
  constructor(bus: MessageBus, refill: (tabs: readonly Tab[]) => void, logger: Logger) {
    this.#bus = bus;
    this.#refill = refill;
    this.#logger = logger;
  }

  /** Resolves when what is pushed to the user or to everyone from now on reaches the tab; rejects when it cannot. */
  async join(tab: Tab, username: string): Promise<void> {
    const key = userKey(username);
    const user = this.#byKey.get(key) ?? this.#subscribeUser(key);
    user.tabs.add(tab);
    await Promise.all([user.subscription, this.#everyone ?? this.#subscribeEveryone()]);
  }

  /** Who comes back at once is subscribed anew; the old subscription has no tabs, so nothing arrives twice. */
  leave(tab: Tab, username: string): void {
    const key = userKey(username);
    const user = this.#byKey.get(key);
    if (!user?.tabs.delete(tab) || user.tabs.size > 0) return;
    this.#byKey.delete(key);
    this.#end(user.subscription);
    if (this.#byKey.size > 0 || !this.#everyone) return;
    this.#end(this.#everyone);
    this.#everyone = null;
  }

  /** Tells the user's other tabs, at every gateway, what this one has been told already. As `tellUser`. */
  tellOtherTabs(tab: Tab, username: string, texts: readonly string[]): void {
    this.#tell(username, texts, [tab.id]);
  }

  /** Tells the user's tabs, at every gateway. Nobody has a right to it: while the bus is away it gets lost. Never throws. */
  tellUser(username: string, texts: readonly string[]): void {
    this.#tell(username, texts, []);
  }

  #tell(username: string, texts: readonly string[], everyoneBut: readonly string[]): void {
    const pushes = texts.map((text) => ({ cursor: null, text, everyoneBut }));
    try {
      this.#bus.publish(pushSubject(username), encodePushes(NO_LEADER, pushes));
    } catch (err) {
      this.#logger.warn({ err }, 'tabs of a user could not be told');
    }
  }

  #subscribeUser(key: string): UserTabs {
    const tabs = new Set<Tab>();
    const subscription = this.#bus.subscribe(pushSubject(key), (payload) => {
      const published = this.#read(payload);
      this.#fill(published ? pushToUser(tabs, published) : interrupt(tabs));
    });
    const user = { tabs, subscription };
    this.#byKey.set(key, user);
    return user;
  }

  #subscribeEveryone(): Promise<Subscription> {
    const subscription: Promise<Subscription> = this.#bus.subscribe(PUSH_EVERYONE, (payload) => {
      if (this.#everyone !== subscription) return;
      const published = this.#read(payload);
      const users = [...this.#byKey];
      const behind = users.map(([key, { tabs }]) =>
        published ? pushOfEveryone(tabs, published, key) : interrupt(tabs),
      );
      this.#fill(behind.flat());
    });
    this.#everyone = subscription;
    subscription.catch(() => {
      if (this.#everyone === subscription) this.#everyone = null;
    });
    return subscription;
  }

  #fill(behind: readonly Tab[]): void {
    if (behind.length > 0) this.#refill(behind);
  }

  #end(ended: Promise<Subscription>): void {
    ended
      .then((subscription) => subscription.unsubscribe())
      .catch((err) => this.#logger.warn({ err }, 'a subscription could not be ended'));
  }

  /** null: it says nothing to us, so there is a hole. A service of another version may have written it. */
  #read(payload: string): ReceivedPushes | null {
    try {
      return decodePushes(payload);
    } catch (err) {
      this.#logger.warn({ err }, 'pushes that cannot be read are looked up');
      return null;
    }
  }
}

/** Those of the tabs that have a hole now. */
const pushToUser = (tabs: ReadonlySet<Tab>, published: ReceivedPushes): Tab[] =>
  [...tabs].filter((tab) => !tab.push(whatIsFor(tab.id, published)));

/** Those of this user's tabs that have a hole now. */
function pushOfEveryone(tabs: ReadonlySet<Tab>, published: ReceivedPushes, key: string): Tab[] {
  const ofUser = whatIsFor(key, published);
  return [...tabs].filter((tab) => !tab.push(ofUser));
}

/** Without what is not for this one. */
function whatIsFor(name: string, published: ReceivedPushes): ReceivedPushes {
  const { epoch, pushes } = published;
  if (!pushes.some(({ everyoneBut }) => everyoneBut?.has(name))) return published;
  return { epoch, pushes: pushes.filter(({ everyoneBut }) => !everyoneBut?.has(name)) };
}

const interrupt = (tabs: ReadonlySet<Tab>): Tab[] => [...tabs].filter((tab) => tab.feed.interrupt());
