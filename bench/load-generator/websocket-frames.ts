const TEXT = 0x1;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;
const FINAL = 0x80;
const MASKED = 0x80;

export type ServerFrame =
  | { readonly kind: 'text'; readonly payload: string }
  | { readonly kind: 'ping'; readonly payload: string }
  | { readonly kind: 'close'; readonly code: number };

const clientFrame = (opcode: number, payload: string): Buffer => {
  const length = Buffer.byteLength(payload);
  if (length > 0xffff) throw new RangeError('a frame of the load generator is at most 64 KiB');
  const extended = length > 125 ? 2 : 0;
  const frame = Buffer.alloc(6 + extended + length);
  frame[0] = FINAL | opcode;
  frame[1] = MASKED | (extended ? 126 : length);
  if (extended) frame.writeUInt16BE(length, 2);
  frame.write(payload, 6 + extended);
  return frame;
};

/** Masked with a key of zeros: legal, leaves the payload as it is, and costs the server what any key does. */
export const textFrame = (payload: string): Buffer => clientFrame(TEXT, payload);

export const pongFrame = (payload: string): Buffer => clientFrame(PONG, payload);

/**
 * Cuts a server's byte stream into frames: unmasked, unfragmented, and of Latin-1 text only, which is all that the
 * systems under test send here. Payloads become strings at once, so the caller may reuse `chunk`.
 */
export class FrameReader {
  #rest: Buffer | null = null;

  read(chunk: Buffer, onFrame: (frame: ServerFrame) => void): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    for (;;) {
      const end = frameEnd(bytes, at);
      if (end === null) break;
      onFrame(decode(bytes, at, end));
      at = end;
    }
    this.#rest = at < bytes.length ? Buffer.from(bytes.subarray(at)) : null;
  }
}

const payloadStart = (bytes: Buffer, at: number): number => {
  const marker = bytes[at + 1];
  return at + (marker === 127 ? 10 : marker === 126 ? 4 : 2);
};

/** null: the frame is not here as a whole yet. */
function frameEnd(bytes: Buffer, at: number): number | null {
  if (bytes.length < at + 2) return null;
  const start = payloadStart(bytes, at);
  if (bytes.length < start) return null;
  const marker = bytes[at + 1] ?? 0;
  const length =
    marker === 127
      ? Number(bytes.readBigUInt64BE(at + 2))
      : marker === 126
        ? bytes.readUInt16BE(at + 2)
        : marker;
  return bytes.length < start + length ? null : start + length;
}

function decode(bytes: Buffer, at: number, end: number): ServerFrame {
  const start = payloadStart(bytes, at);
  switch (bytes[at]) {
    case FINAL | TEXT:
      return { kind: 'text', payload: bytes.toString('latin1', start, end) };
    case FINAL | PING:
      return { kind: 'ping', payload: bytes.toString('latin1', start, end) };
    case FINAL | CLOSE:
      return { kind: 'close', code: end - start >= 2 ? bytes.readUInt16BE(start) : 1005 };
    default:
      throw new UnexpectedFrame(`first byte ${bytes[at]?.toString(16)}`);
  }
}

export class UnexpectedFrame extends Error {
  override readonly name = 'UnexpectedFrame';
}
