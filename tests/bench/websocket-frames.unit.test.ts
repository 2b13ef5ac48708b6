import { describe, expect, it } from 'vitest';
import { FrameReader, type ServerFrame, textFrame } from '../../bench/load-generator/websocket-frames.ts';

/** As a server writes it: not masked. */
function serverFrame(first: number, payload: Buffer): Buffer {
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.from([first, length]), payload]);
  const head = length < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10);
  head[0] = first;
  head[1] = length < 65_536 ? 126 : 127;
  if (length < 65_536) head.writeUInt16BE(length, 2);
  else head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

const text = (payload: string) => serverFrame(0x81, Buffer.from(payload));

function readInPieces(bytes: Buffer, size: number): ServerFrame[] {
  const frames: ServerFrame[] = [];
  const reader = new FrameReader();
  for (let at = 0; at < bytes.length; at += size) {
    // The reader may keep nothing of a chunk: it is overwritten by the next read.
    const chunk = Buffer.from(bytes.subarray(at, at + size));
    reader.read(chunk, (frame) => frames.push(frame));
    chunk.fill(0);
  }
  return frames;
}

describe('the frame reader', () => {
  it.each([
    { size: 1, longest: 126 },
    { size: 2, longest: 126 },
    { size: 3, longest: 300 },
    { size: 100, longest: 65_535 },
    { size: 4096, longest: 70_000 },
    { size: 1_000_000, longest: 70_000 },
  ])('finds every frame, up to $longest bytes long, in pieces of $size bytes', ({ size, longest }) => {
    const payloads = ['', 'short', 'x'.repeat(125), 'y'.repeat(126), 'z'.repeat(longest), 'end'];
    const stream = Buffer.concat([...payloads.map(text), serverFrame(0x89, Buffer.from('hi'))]);
    const texts = payloads.map((payload) => ({ kind: 'text', payload }));
    expect(readInPieces(stream, size)).toEqual([...texts, { kind: 'ping', payload: 'hi' }]);
  });

  it('reads close codes', () => {
    expect(readInPieces(serverFrame(0x88, Buffer.from([0x0b, 0xb9])), 9)).toEqual([
      { kind: 'close', code: 3001 },
    ]);
  });
});

describe('a client frame', () => {
  it.each([0, 5, 125, 126, 4000])('of %d bytes is masked and says how long it is', (length) => {
    const payload = 'a'.repeat(length);
    const frame = textFrame(payload);
    expect(frame[0]).toBe(0x81);
    expect((frame[1] ?? 0) & 0x80).toBe(0x80);
    expect(frame.subarray(-length || frame.length).toString()).toBe(payload);
    expect(frame.length).toBe(length + (length > 125 ? 8 : 6));
  });
});
