import { Arrivals } from './arrivals.ts';
import type { OutgoingMessage } from './dialects/dialect.ts';
import { messageId, messageNumberAt } from './message-id.ts';

export interface SpeakerOptions {
  /** The speaker's number among all speakers. */
  readonly index: number;
  readonly chatId: string;
  readonly recipient: string;
  /** Tabs of the chat that must hear each message, the speaker's own among them. */
  readonly audience: number;
}

/** A user who sends: what has been said when, and who has heard it. */
export class Speaker {
  readonly #options: SpeakerOptions;
  /** When each message was due, by sequence; milliseconds. */
  readonly #due: number[] = [];
  readonly acks = new Arrivals();
  /** By tab of the chat. */
  readonly heard: readonly Arrivals[];

  constructor(options: SpeakerOptions) {
    this.#options = options;
    this.heard = Array.from({ length: options.audience }, () => new Arrivals());
  }

  get said(): number {
    return this.#due.length;
  }

  dueAt(sequence: number): number {
    return this.#due[sequence] ?? Number.NaN;
  }

  next(dueAt: number): OutgoingMessage {
    const sequence = this.#due.push(dueAt) - 1;
    return this.#message(messageId({ sender: this.#options.index, sequence }), sequence);
  }

  /** The same message once more. */
  again(id: string): OutgoingMessage {
    return this.#message(id, messageNumberAt(id, 0).sequence);
  }

  #message(id: string, sequence: number): OutgoingMessage {
    const { chatId, recipient } = this.#options;
    const content = `Best of three tonight? I have won ${sequence} games so far.`;
    return { id, sequence, chatId, recipient, content };
  }
}
