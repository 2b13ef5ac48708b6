import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { openChat, signUp, type User } from '../support/api-client.ts';
import { listedMessages } from '../support/listed-messages.ts';
import { loggedMessages } from '../support/logged-messages.ts';
import { until } from '../support/patience.ts';
import { type Outgoing, PersistentSender } from '../support/persistent-sender.ts';
import { PersistentTab } from '../support/persistent-tab.ts';

/** Messages that each pair has under way. */
const WINDOW = 10;

interface Conversation {
  readonly ann: User;
  readonly bob: User;
  readonly chatId: string;
  readonly sent: string[];
  readonly sender: PersistentSender;
  /** Two or more of each of the two, the sender among them, at both gateways. */
  readonly tabs: readonly PersistentTab[];
}

/** Pairs of people who talk while something breaks. */
export class Conversations {
  /** More acks than this cannot all be of messages that were under way before. */
  readonly underWay: number;
  #acks = 0;
  readonly #all: Conversation[] = [];
  readonly #listening: Promise<void>[] = [];
  readonly #lastOnes = new Map<string, string>();

  private constructor(pairs: number) {
    this.underWay = pairs * WINDOW;
  }

  /** All tabs are welcomed. Whoever loses a connection goes on at the other gateway. */
  static async between(addresses: readonly [string, string], pairs: number): Promise<Conversations> {
    const conversations = new Conversations(pairs);
    await Promise.all(Array.from({ length: pairs }, () => conversations.#start(addresses)));
    return conversations;
  }

  /** Resolves when that many messages of each pair are acked. */
  async send(ofEach: number): Promise<void> {
    await this.#sendEach((conversation) => Array.from({ length: ofEach }, () => next(conversation)));
  }

  /** All pairs send without a pause until `work` is done; what they have sent is then acked. */
  async sendDuring(work: () => Promise<void>): Promise<void> {
    let isOver = false;
    const sending = this.#sendEach(function* (conversation) {
      while (!isOver) yield next(conversation);
    });
    try {
      await work();
    } finally {
      isOver = true;
    }
    await sending;
  }

  /** Resolves when that many more are acked. */
  moreAcks(acks: number): Promise<void> {
    return this.acksInAll(this.#acks + acks);
  }

  /** Resolves when so many are acked, those before among them. */
  async acksInAll(acks: number): Promise<void> {
    await until(() => this.#acks >= acks);
  }

  /** Resolves when that many more frames have arrived on tabs. */
  async moreArrivals(frames: number): Promise<void> {
    const enough = this.#arrivals + frames;
    await until(() => this.#arrivals >= enough);
  }

  /** One tab of each person loses its connection. */
  breakOffSome(): void {
    for (const { tabs } of this.#all) for (const tab of tabs.slice(-2)) tab.breakOff();
  }

  /** Any tab, a sender's too, loses its connection. */
  breakOffAny(): void {
    const tabs = this.#all.flatMap((conversation) => conversation.tabs);
    tabs[Math.floor(Math.random() * tabs.length)]?.breakOff();
  }

  /** Everybody has everything, exactly once and in the log's order: in the log, over HTTP and on every tab. */
  async expectAllEverywhere(store: EventStore): Promise<void> {
    await this.#sendEach((conversation) => {
      const last = next(conversation);
      this.#lastOnes.set(last.chat_id, last.id);
      return [last];
    });
    await Promise.all(this.#listening);
    await Promise.all(
      this.#all.map(({ sender, chatId }) => sender.listen(() => this.#isAllSeen(sender, chatId))),
    );
    const logged = await loggedMessages(store);
    for (const { ann, bob, chatId, sent, sender, tabs } of this.#all) {
      const inLog = logged.filter((logs) => logs.chatId === chatId).map(({ id }) => id);
      expect([...inLog].sort()).toEqual([...sent].sort());
      expect(sender.acked.size).toBe(sent.length);
      expect((await listedMessages(ann, bob)).reverse()).toEqual(inLog);
      for (const tab of tabs) {
        expect(tab.unrecovered).toBe(0);
        expect(tab.received).toEqual(inLog);
      }
    }
  }

  /** Whatever was refused was refused for the moment, and for one reason. */
  expectOnlyUnavailable(): void {
    for (const { sender } of this.#all)
      expect(sender.refusals.filter((code) => code !== 'unavailable')).toEqual([]);
  }

  get refusals(): number {
    return this.#all.reduce((sum, { sender }) => sum + sender.refusals.length, 0);
  }

  get #arrivals(): number {
    return this.#all.flatMap(({ tabs }) => tabs).reduce((sum, { received }) => sum + received.length, 0);
  }

  async #start(addresses: readonly [string, string]): Promise<void> {
    const [ann, bob] = await Promise.all(addresses.map((address) => signUp(address)));
    if (!ann || !bob) throw new Error('two addresses make two people');
    const chatId = await openChat(ann, bob);
    const first = this.#all.length % 2;
    const onAck = () => {
      this.#acks += 1;
    };
    const sender = new PersistentSender(ann, {
      window: WINDOW,
      gateway: alternately(addresses, first),
      onAck,
    });
    const listeners = [ann, bob, bob, ann, bob].map(
      (user, index) => new PersistentTab(user, alternately(addresses, first + index + 1)),
    );
    this.#all.push({ ann, bob, chatId, sent: [], sender, tabs: [sender, ...listeners] });
    for (const tab of listeners) this.#listening.push(tab.listen(() => this.#isAllSeen(tab, chatId)));
    await Promise.all(listeners.map(({ welcomed }) => welcomed));
  }

  async #sendEach(messages: (conversation: Conversation) => Iterable<Outgoing>): Promise<void> {
    await Promise.all(this.#all.map((conversation) => conversation.sender.send(messages(conversation))));
  }

  #isAllSeen({ received }: PersistentTab, chatId: string): boolean {
    const last = this.#lastOnes.get(chatId);
    return last !== undefined && received.includes(last);
  }
}

function next({ chatId, sent }: Conversation): Outgoing {
  const id = randomUUID();
  sent.push(id);
  return { chat_id: chatId, id, content: `message ${sent.length}`, timestamp: String(sent.length) };
}

/** Another gateway each time. */
function alternately(addresses: readonly [string, string], first: number): () => Promise<string> {
  let count = first;
  return async () => addresses[count++ % 2 === 0 ? 0 : 1];
}
