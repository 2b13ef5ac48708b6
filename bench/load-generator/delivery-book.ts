import { ChatOrder } from './chat-order.ts';
import type { Crowd } from './crowd.ts';
import type { DeliveryFaults } from './delivery-faults.ts';
import type { OutgoingMessage } from './dialects/dialect.ts';
import { type MessageNumber, messageNumberAt } from './message-id.ts';
import { Speaker } from './speaker.ts';

const UNEXPECTED_KEPT = 5;

/** What was heard, with the time at which its message was due. */
export interface DeliveryListener {
  acked(dueAt: number): void;
  /** By one of the tabs of the one to whom it was said. */
  heardByPeer(dueAt: number): void;
}

/** Who has said what, and who has heard it. Speakers are numbered pair by pair: 0 and 1 talk, 2 and 3, … */
export class DeliveryBook {
  readonly #speakers: readonly Speaker[];
  readonly #orders: readonly ChatOrder[];
  readonly #tabsPerUser: number;
  readonly #unexpected: string[] = [];
  listener: DeliveryListener | null = null;
  /** Acks and deliveries awaited. */
  outstanding = 0;

  constructor({ pairs, tabsPerUser }: Crowd) {
    const tabsOfChat = 2 * tabsPerUser;
    this.#tabsPerUser = tabsPerUser;
    this.#orders = pairs.map(() => new ChatOrder(tabsOfChat));
    this.#speakers = pairs.flatMap(({ chatId, users: [a, b] }, pair) => [
      new Speaker({ index: 2 * pair, chatId, recipient: b.username, audience: tabsOfChat }),
      new Speaker({ index: 2 * pair + 1, chatId, recipient: a.username, audience: tabsOfChat }),
    ]);
  }

  /** The speaker's next message, from now on awaited. */
  say(speaker: number, dueAt: number): OutgoingMessage {
    this.outstanding += 1 + 2 * this.#tabsPerUser;
    return this.#speaker(speaker).next(dueAt);
  }

  /** A message that is awaited already, once more. */
  sayAgain(id: string): OutgoingMessage {
    return this.#speaker(messageNumberAt(id, 0).sender).again(id);
  }

  acked(speaker: number, sequence: number): void {
    const by = this.#speaker(speaker);
    if (!by.acks.arrived(sequence)) return;
    this.outstanding -= 1;
    this.listener?.acked(by.dueAt(sequence));
  }

  /** To one of `receiver`'s tabs, counted from 0. */
  delivered(message: MessageNumber, receiver: number, tab: number): void {
    if (message.sender >> 1 !== receiver >> 1) {
      this.unexpected('a message of another chat');
      return;
    }
    const by = this.#speaker(message.sender);
    const tabOfChat = (receiver & 1) * this.#tabsPerUser + tab;
    if (!by.heard[tabOfChat]?.arrived(message.sequence)) return;
    this.#orders[receiver >> 1]?.seen(tabOfChat, message);
    this.outstanding -= 1;
    if (message.sender !== receiver) this.listener?.heardByPeer(by.dueAt(message.sequence));
  }

  unexpected(what: string): void {
    if (this.#unexpected.length < UNEXPECTED_KEPT) this.#unexpected.push(what.slice(0, 200));
  }

  faults(): DeliveryFaults {
    const deliveries = this.#speakers.flatMap(({ said, heard }) =>
      heard.map((arrivals) => ({ said, arrivals })),
    );
    const all = [...deliveries, ...this.#speakers.map(({ said, acks }) => ({ said, arrivals: acks }))];
    return {
      lost: sum(all.map(({ said, arrivals }) => arrivals.missing(said))),
      doubled: sum(all.map(({ arrivals }) => arrivals.doubled)),
      outOfOrder: sum(deliveries.map(({ arrivals }) => arrivals.outOfOrder)),
      disagreeingChats: this.#orders.filter((order) => !order.agreed()).length,
      unexpected: [...this.#unexpected],
    };
  }

  #speaker(index: number): Speaker {
    const speaker = this.#speakers[index];
    if (!speaker) throw new RangeError(`there is no speaker ${index}`);
    return speaker;
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
