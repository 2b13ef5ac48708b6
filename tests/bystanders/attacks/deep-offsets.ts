import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Attack } from './attack.ts';
import { open } from './connections.ts';
import { every } from './rhythm.ts';

const AT_ONCE = 12;
/** Of each: an answer that is cheap does not make this a test of how fast one can ask. */
const ASK_EVERY_MS = 100;

/** One user asks for the deepest page there could be, twelve times at once. */
export const deepOffsets: Attack = async (target, begun, signal) => {
  const counts = { asked: 0, answered: 0 };
  const request = `GET /api/users?offset=999999999 HTTP/1.1\r\nHost: rally\r\nAuthorization: Bearer ${target.token}\r\n\r\n`;
  begun();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async (_, turn) => {
      let connection: Socket | undefined;
      await every(ASK_EVERY_MS, signal, async () => {
        if (!connection?.writable) connection = open(target, turn);
        connection.write(request);
        counts.asked += 1;
        await Promise.race([once(connection, 'data', { signal }), once(connection, 'close', { signal })]);
        counts.answered += 1;
      }).catch(() => {});
      connection?.destroy();
    }),
  );
  return counts;
};
