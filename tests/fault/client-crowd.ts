import { expect } from 'vitest';
import WebSocket from 'ws';
import { createRally } from '../../client/create-rally.ts';
import { nodeEnvironment } from '../../client/node.ts';
import type { Rally } from '../../client/rally.ts';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { FakeBrowser, type FakeTab } from '../client/fake-environment.ts';
import { freshName, PASSWORD } from '../support/api-client.ts';
import { loggedMessages } from '../support/logged-messages.ts';
import { until } from '../support/patience.ts';

const TABS = [1, 3, 2] as const;
/** Of the newest that a page shows, so many are looked at whenever it changes. */
const LOOKED_AT = 40;
/** Messages of each user that may be on their way. */
const WINDOW = 10;
/** For so long a slow tab reads nothing, in milliseconds. */
const SLOW_MS = 1500;

interface OpenTab {
  readonly rally: Rally;
  readonly fake: FakeTab;
  /** Ids, as handlers were told. */
  readonly received: string[];
  /** It was there from the first message on, and was never told to load anew. */
  isWhole: boolean;
}

interface User {
  readonly username: string;
  readonly peer: string;
  readonly browser: FakeBrowser;
  readonly node: ReturnType<typeof nodeEnvironment>;
  readonly sockets: Set<WebSocket>;
  readonly tabs: OpenTab[];
  chatId: string;
  said: number;
}

/** Pairs of people who talk through clients, with one tab or several, while connections are lost and tabs come and go. */
export class ClientCrowd {
  readonly #url: string;
  readonly #users: User[] = [];
  readonly #sent: string[] = [];
  readonly #arrived = new Set<string>();
  /** Ids that a page has shown twice at the same time. */
  readonly #shownTwice: string[] = [];
  #hasBegun = false;

  constructor(url: string) {
    this.#url = url;
  }

  async signUp(pairs: number): Promise<void> {
    for (let pair = 0; pair < pairs; pair += 1) {
      const names = [freshName('Ann'), freshName('Bob')] as const;
      const users = [this.#newUser(names[0], names[1]), this.#newUser(names[1], names[0])];
      const [ann, bob] = await Promise.all(users.map((user) => this.#signUp(user)));
      if (!ann || !bob) throw new Error('two names make two people');
      const { chat_id } = await ann.api.openChat(names[1]);
      for (const user of users) {
        user.chatId = chat_id;
        const tabs = TABS[this.#users.length % TABS.length] ?? 1;
        while (user.tabs.length < tabs) this.#openTab(user);
        this.#users.push(user);
      }
    }
    for (const { tabs } of this.#users)
      for (const { rally } of tabs) await until(() => rally.live.connection.get().phase === 'ready');
    this.#hasBegun = true;
  }

  /** Sends so many in steps; `betweenSteps` is called after each. */
  async talk(messages: number, steps: number, betweenSteps: (step: number) => Promise<void>): Promise<void> {
    const each = messages / steps / this.#users.length;
    for (let step = 1; step <= steps; step += 1) {
      for (const user of this.#users) while (user.said < Math.round(each * step)) this.#say(user);
      await this.#untilArrived(this.#sent.length - WINDOW * this.#users.length);
      await betweenSteps(step);
    }
    await this.#untilArrived(this.#sent.length);
  }

  /** However many there are and however long each takes: only when nothing has arrived for a long time, nothing will. */
  async #untilArrived(count: number): Promise<void> {
    while (this.#arrived.size < count) {
      const before = this.#arrived.size;
      await until(() => this.#arrived.size > before);
    }
  }

  /** One tab loses its connection. */
  breakOffAny(): void {
    this.#anySocket()?.terminate();
  }

  /** One tab reads nothing for a while. */
  slowDownAny(): void {
    const socket = this.#anySocket();
    socket?.pause();
    setTimeout(() => socket?.resume(), SLOW_MS);
  }

  /** One tab is closed, whatever it has not sent yet, and another one is opened. */
  replaceAny(): void {
    const user = anyOf(this.#users);
    const [closed] = user.tabs.splice(Math.floor(Math.random() * user.tabs.length), 1);
    closed?.rally.stop();
    closed?.fake.crash();
    this.#openTab(user);
  }

  /** Every tab shows what the log has for its user: each sent message once, in the log's order. */
  async expectAllAsLogged(store: EventStore): Promise<void> {
    const logged = await loggedMessages(store);
    expect(logged.map(({ id }) => id).sort()).toEqual([...this.#sent].sort());
    expect(this.#shownTwice).toEqual([]);
    for (const { chatId, peer, tabs } of this.#users) {
      const inLog = logged.filter((message) => message.chatId === chatId).map(({ id }) => id);
      const places = new Map(inLog.map((id, index) => [id, index]));
      for (const { rally, received, isWhole } of tabs) {
        const chat = rally.stores.chat(peer);
        await until(() => chat.get().messages.at(-1)?.id === inLog.at(-1) && chat.get().status === 'loaded');
        while (chat.get().hasOlder) await chat.loadOlder();
        expect(chat.get().messages.map(({ id }) => id)).toEqual(inLog);
        expect(chat.get().pending).toEqual([]);
        expect(rally.outbox.pending(chatId).get()).toEqual([]);
        const order = received.map((id) => places.get(id) ?? -1);
        expect(order).toEqual([...new Set(order)].sort((a, b) => a - b));
        if (isWhole) expect(received).toEqual(inLog);
      }
    }
  }

  get tabs(): readonly { readonly isWhole: boolean }[] {
    return this.#users.flatMap(({ tabs }) => tabs);
  }

  stop(): void {
    for (const { rally } of this.#users.flatMap(({ tabs }) => tabs)) rally.stop();
  }

  #openTab(user: User): OpenTab {
    const fake = user.browser.newTab();
    const { storage, locks, wakeUps } = fake.environment;
    // Whoever comes back does so sooner than clients in the field, and as they do: not all at once.
    const random = () => Math.random() / 4;
    const rally = createRally({
      url: this.#url,
      environment: { ...user.node, storage, locks, wakeUps, random },
    });
    const tab: OpenTab = { rally, fake, received: [], isWhole: !this.#hasBegun };
    rally.live.on('new_message', ({ data }) => {
      tab.received.push(data.id);
      this.#arrived.add(data.id);
    });
    let welcomes = 0;
    rally.live.onWelcome(({ recovered }) => {
      welcomes += 1;
      if (welcomes > 1 && !recovered) tab.isWhole = false;
    });
    const chat = rally.stores.chat(user.peer);
    chat.subscribe(() => this.#look(tab, user.peer));
    user.tabs.push(tab);
    rally.start();
    return tab;
  }

  #look({ rally }: OpenTab, peer: string): void {
    const { messages, pending } = rally.stores.chat(peer).get();
    const ids = [...messages.slice(-LOOKED_AT), ...pending].map(({ id }) => id);
    this.#shownTwice.push(...ids.filter((id, index) => ids.indexOf(id) !== index));
  }

  #newUser(username: string, peer: string): User {
    const sockets = new Set<WebSocket>();
    class Followed extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        sockets.add(this);
        this.on('close', () => sockets.delete(this));
      }
    }
    const node = nodeEnvironment({ WebSocket: Followed });
    return { username, peer, browser: new FakeBrowser(), node, sockets, tabs: [], chatId: '', said: 0 };
  }

  async #signUp({ username, browser, node }: User): Promise<Rally> {
    const { storage } = browser.newTab().environment;
    const rally = createRally({ url: this.#url, environment: { ...node, storage } });
    const email = `${username}@example.com`;
    await rally.api.signUp({ username, email, password: PASSWORD, password_repeat: PASSWORD });
    return rally;
  }

  #anySocket(): WebSocket | undefined {
    const open = this.#users
      .flatMap(({ sockets }) => [...sockets])
      .filter(({ readyState }) => readyState === 1);
    return open[Math.floor(Math.random() * open.length)];
  }

  #say(user: User): void {
    user.said += 1;
    const { id } = anyOf(user.tabs).rally.outbox.send(user.chatId, `message ${user.said}`);
    this.#sent.push(id);
  }
}

function anyOf<Item>(items: readonly Item[]): Item {
  const item = items[Math.floor(Math.random() * items.length)];
  if (item === undefined) throw new Error('there is none');
  return item;
}
