/** Whose message it is, and which of theirs: 0, 1, 2, … */
export interface MessageNumber {
  readonly sender: number;
  readonly sequence: number;
}

const SENDERS = 0x1000;
const SEQUENCES = 0x1000_0000_0000;

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
const randomHex = (digits: number): string => hex(Math.floor(Math.random() * 16 ** digits), digits);

/**
 * A version 4 uuid that says which message it names, so that no table of ids is needed to recognise it. Its first half
 * is random: like real clients' ids, they fall on random places of the database's indexes.
 */
export function messageId({ sender, sequence }: MessageNumber): string {
  if (sender >= SENDERS || sequence >= SEQUENCES) throw new RangeError('too many senders or messages');
  return `${randomHex(8)}-${randomHex(4)}-4${hex(sender, 3)}-8${randomHex(3)}-${hex(sequence, 11)}0`;
}

/** `id` starts at `at` in `text`. */
export const messageNumberAt = (text: string, at: number): MessageNumber => ({
  sender: Number.parseInt(text.slice(at + 15, at + 18), 16),
  sequence: Number.parseInt(text.slice(at + 24, at + 35), 16),
});
