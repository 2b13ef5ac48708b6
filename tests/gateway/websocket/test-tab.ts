import type {
  HandshakeAnswer,
  Socket,
  SocketHandlers,
} from '../../../gateway/public-server/public-server.ts';

import { decodeLines } from '../../support/encoded-lines.ts';

export interface ReceivedFrame {
  readonly action: string;
  readonly label?: string;
  readonly request_id?: string;
  readonly cursor?: string;
  readonly data: Record<string, unknown>;
}

/** A tab at the other end of a socket that never leaves the process. */
export class TestTab implements Socket {
  readonly frames: ReceivedFrame[] = [];
  /** How the server closed it. */
  closedWith: { readonly code: number; readonly reason: string } | null = null;
  isTerminated = false;
  unsent = 0;
  /** false: it does not read, so a close frame never arrives. */
  reads: boolean;
  readonly protocol: string | undefined;
  readonly #handlers: SocketHandlers;
  #isClosed = false;

  constructor(answer: HandshakeAnswer, reads = true) {
    this.reads = reads;
    if (answer.outcome === 'refused') throw new Error(`refused with ${answer.status}`);
    this.protocol = answer.protocol;
    this.#handlers = answer.open(this);
    if (this.closedWith && reads) this.disconnect();
  }

  get code(): number | undefined {
    return this.closedWith?.code;
  }

  /** Labels of pushes, actions of everything else, in order. */
  get story(): string[] {
    return this.frames.map(({ label, action }) => label ?? action);
  }

  of(action: string): ReceivedFrame[] {
    return this.frames.filter((frame) => frame.action === action);
  }

  ask(frame: unknown): void {
    this.sendText(JSON.stringify(frame));
  }

  sendText(text: string | null): void {
    this.#handlers.message(text);
  }

  disconnect(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#handlers?.closed();
  }

  send(text: string): void {
    if (!this.closedWith && !this.#isClosed) this.frames.push(JSON.parse(text));
  }

  sendAll(texts: readonly string[]): void {
    for (const text of texts) this.send(text);
  }

  sendEncoded(encoded: readonly Buffer[]): void {
    this.sendAll(decodeLines(encoded));
  }

  unsentBytes(): number {
    return this.unsent;
  }

  close(code: number, reason: string): void {
    if (this.closedWith) return;
    this.closedWith = { code, reason };
    if (this.reads) queueMicrotask(() => this.disconnect());
  }

  terminate(): void {
    this.isTerminated = true;
    this.disconnect();
  }
}
