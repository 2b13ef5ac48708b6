import { expect, it } from 'vitest';
import { CLOSE_CODES } from '../../protocol/close-codes.ts';

/** A close frame holds 125 bytes, two of them the code. */
const REASON_BYTES = 123;

it('each close code tells a client what to do', () => {
  expect(Object.entries(CLOSE_CODES).map(([name, { code, client }]) => [code, name, client])).toEqual([
    [3000, 'NORMAL', 'stop'],
    [3001, 'CANCELLED', 'resume'],
    [3002, 'ILLEGAL_CONNECTION', 'refresh'],
    [3008, 'SLOW_CONSUMER', 'resume'],
    [3029, 'RATE_LIMITED', 'resume_later'],
    [3030, 'TOO_MANY_SOCKETS', 'resume_when_seen'],
    [3100, 'BAD_DATA', 'stop'],
    [4000, 'UNKNOWN_ROUTE', 'stop'],
  ]);
});

it('each reason fits into a close frame', () => {
  for (const { reason } of Object.values(CLOSE_CODES))
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(REASON_BYTES);
});
