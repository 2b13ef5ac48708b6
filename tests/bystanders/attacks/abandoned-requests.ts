import type { Attack } from './attack.ts';
import { open } from './connections.ts';
import { every } from './rhythm.ts';

const AT_ONCE = 6;
/** 600 a second of each. */
const TICK_MS = 10;
const EACH_TICK = 6;

/** Six ask for pages and hang up without waiting for them, 3,600 times a second. */
export const abandonedRequests: Attack = async (target, begun, signal) => {
  const counts = { abandoned: 0 };
  const request = `GET /api/users?limit=100 HTTP/1.1\r\nHost: rally\r\nAuthorization: Bearer ${target.token}\r\n\r\n`;
  const abandon = (turn: number) =>
    new Promise<void>((resolve) => {
      const connection = open(target, turn).on('close', resolve);
      connection.write(request, () => connection.destroy());
    });
  begun();
  await Promise.all(
    Array.from({ length: AT_ONCE }, (_, turn) =>
      every(TICK_MS, signal, async () => {
        for (let count = 0; count < EACH_TICK; count += 1) await abandon(turn);
        counts.abandoned += EACH_TICK;
      }),
    ),
  );
  return counts;
};
