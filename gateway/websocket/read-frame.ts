import { parseJson } from '../../platform/json.ts';
import { type ClientFrame, clientFrame, FRAME_BYTES_LIMIT } from '../../protocol/client-frames.ts';

const BYTES_PER_UTF16_UNIT = 3;

/** null: it breaks the protocol (BAD_DATA). `text` null: a binary frame. */
export function readFrame(text: string | null): ClientFrame | null {
  if (text === null || isTooLarge(text)) return null;
  const parsed = clientFrame.safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
}

/** Most frames are so short that their bytes need not be counted. */
const isTooLarge = (text: string): boolean =>
  text.length * BYTES_PER_UTF16_UNIT > FRAME_BYTES_LIMIT && Buffer.byteLength(text) > FRAME_BYTES_LIMIT;
