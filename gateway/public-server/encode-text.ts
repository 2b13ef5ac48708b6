import { Sender } from 'ws';
import type { EncodeText } from './public-server.ts';

/** The library has it for whoever writes frames by himself; its types do not know it. */
declare module 'ws' {
  const Sender: {
    frame(
      payload: Buffer,
      options: {
        readonly fin: true;
        readonly opcode: number;
        readonly mask: false;
        readonly readOnly: true;
        readonly rsv1: false;
      },
    ): Buffer[];
  };
}

const TEXT_OPCODE = 1;

/** As the library sends a text to a client: not masked, not compressed, in one piece. */
export const encodeText: EncodeText = (text) =>
  Buffer.concat(
    Sender.frame(Buffer.from(text), {
      fin: true,
      opcode: TEXT_OPCODE,
      mask: false,
      readOnly: true,
      rsv1: false,
    }),
  );
