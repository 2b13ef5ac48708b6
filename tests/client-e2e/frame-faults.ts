import type { RawData, WebSocket } from 'ws';
import type { Faults } from './world.ts';

export const NO_FAULTS: Readonly<Faults> = {
  lostAcks: 0,
  lostAnswers: 0,
  copies: 1,
  reordered: 0,
  refusedHandshakes: 0,
  lostRefreshReplies: 0,
};

interface Frame {
  readonly action?: unknown;
  readonly cursor?: unknown;
}

/** Both halves of a client's socket, and what gets through between them. */
export class FaultyLine {
  readonly #near: WebSocket;
  readonly #far: WebSocket;
  readonly #faults: Faults;
  /** Nothing that the server says arrives any more. */
  isSilent = false;
  /** How many of its frames have not arrived since. */
  swallowed = 0;
  sentMessages = 0;
  /** The socket ends with the next ack. */
  #endsWithAck = false;
  #held: string[] = [];

  constructor(near: WebSocket, far: WebSocket, faults: Faults) {
    this.#near = near;
    this.#far = far;
    this.#faults = faults;
    near.on('message', (data) => this.#fromClient(data.toString()));
    far.on('message', (data: RawData) => this.#fromServer(data.toString()));
    near.on('close', () => far.terminate());
    near.on('error', () => {});
    far.on('error', () => {});
    far.on('close', (code) => (isSendable(code) ? near.close(code) : near.terminate()));
  }

  close(code: number): void {
    if (isSendable(code)) this.#near.close(code);
    else this.#near.terminate();
    this.#far.terminate();
  }

  #fromClient(text: string): void {
    if (readFrame(text).action === 'new_message') {
      this.sentMessages += 1;
      if (this.#faults.lostAnswers > 0) {
        this.#faults.lostAnswers -= 1;
        this.isSilent = true;
        this.#endsWithAck = true;
      }
    }
    this.#far.send(text);
  }

  #fromServer(text: string): void {
    const { action, cursor } = readFrame(text);
    const isAck = action === 'ack';
    if (this.isSilent) {
      this.swallowed += 1;
      if (isAck && this.#endsWithAck) this.close(1006);
    } else if (isAck && this.#faults.lostAcks > 0) this.#faults.lostAcks -= 1;
    else if (typeof cursor === 'string' && this.#faults.reordered > 0) this.#hold(text);
    else for (let copy = 0; copy < (isAck ? 1 : this.#faults.copies); copy += 1) this.#near.send(text);
  }

  #hold(text: string): void {
    this.#held.push(text);
    if (this.#held.length < this.#faults.reordered) return;
    this.#faults.reordered = 0;
    for (const held of this.#held.splice(0).reverse()) this.#near.send(held);
  }
}

/** The others say that nothing was said. */
const isSendable = (code: number): boolean => ![1004, 1005, 1006, 1015].includes(code);

function readFrame(text: string): Frame {
  const frame: unknown = JSON.parse(text);
  return typeof frame === 'object' && frame !== null ? frame : {};
}
