import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Attack } from './attack.ts';
import { open } from './connections.ts';
import { every } from './rhythm.ts';

const AT_ONCE = 12;
/** Of each: an answer that is cheap does not make this a test of how fast one can ask. */
const ASK_EVERY_MS = 100;

/** The deepest there could be, and the deepest that is answered. */
const OFFSETS = [999_999_999, 10_000];

/** One user asks for the deepest pages, twelve times at once. */
export const deepOffsets: Attack = async (target, begun, signal) => {
  const counts = { asked: 0, answered: 0 };
  const request = (offset = 0) =>
    `GET /api/users?offset=${offset} HTTP/1.1\r\nHost: rally\r\nAuthorization: Bearer ${target.token}\r\n\r\n`;
  begun();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async (_, turn) => {
      let connection: Socket | undefined;
      await every(ASK_EVERY_MS, signal, async () => {
        if (!connection?.writable) connection = open(target, turn);
        connection.write(request(OFFSETS[turn % OFFSETS.length]));
        counts.asked += 1;
        const over = new AbortController();
        const until = { signal: AbortSignal.any([signal, over.signal]) };
        await Promise.race([once(connection, 'data', until), once(connection, 'close', until)]).finally(() =>
          over.abort(),
        );
        counts.answered += 1;
      }).catch(() => {});
      connection?.destroy();
    }),
  );
  return counts;
};
