import { LRUCache } from 'lru-cache';
import type { EncodeText } from '../../public-server/public-server.ts';

/** Whether one user is online, ready for any number of sockets: its bytes are made once, when the first tab is to have them. */
export class PresenceFrame {
  readonly userKey: string;
  /** It was so at this place of the log. */
  readonly position: bigint;
  readonly text: string;
  readonly #encode: EncodeText;
  #bytes: Buffer | null = null;

  constructor(userKey: string, position: bigint, text: string, encode: EncodeText) {
    this.userKey = userKey;
    this.position = position;
    this.text = text;
    this.#encode = encode;
  }

  get bytes(): Buffer {
    this.#bytes ??= this.#encode(this.text);
    return this.#bytes;
  }
}

/** Frames for one write. */
export interface FramesTogether {
  readonly count: number;
  readonly bytes: Buffer;
}

export const together = (frames: readonly PresenceFrame[]): FramesTogether => ({
  count: frames.length,
  bytes: Buffer.concat(frames.map(({ bytes }) => bytes)),
});

/** Some hundred bytes each. */
const REMEMBERED = 10_000;

/** Makes frames: the last one of a user again, if it says the same. So what many tabs are told at different moments is there once. */
export class PresenceFrames {
  readonly #encode: EncodeText;
  readonly #last = new LRUCache<string, PresenceFrame>({ max: REMEMBERED });

  constructor(encode: EncodeText) {
    this.#encode = encode;
  }

  /** `position`: when the frame is new. */
  frame(userKey: string, position: bigint, text: string): PresenceFrame {
    const last = this.#last.get(userKey);
    if (last?.text === text) return last;
    const frame = new PresenceFrame(userKey, position, text, this.#encode);
    this.#last.set(userKey, frame);
    return frame;
  }
}
