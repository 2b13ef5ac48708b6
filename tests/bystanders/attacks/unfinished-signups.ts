import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Attack } from './attack.ts';
import { open } from './connections.ts';
import { over } from './rhythm.ts';

const SIGNUPS = 520;
const EACH_TICK = 12;
const TICK_MS = 20;

/** Nobody in particular signs up 520 times within a second, and closes each connection at once. */
export const unfinishedSignups: Attack = async (target, begun, signal) => {
  const run = randomBytes(4).toString('hex');
  let signups = 0;
  while (signups < SIGNUPS && !signal.aborted) {
    for (let count = 0; count < EACH_TICK; count += 1, signups += 1) {
      const body = signup(`nobody.${run}.${signups}`);
      const connection = open(target, signups);
      connection.write(
        `POST /api/signup HTTP/1.1\r\nHost: rally\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        () => connection.destroy(),
      );
    }
    await delay(TICK_MS);
  }
  begun();
  await over(signal);
  return { signups };
};

const signup = (username: string): string =>
  JSON.stringify({
    username,
    email: `${username}@example.com`,
    password: 'correct horse 7',
    password_repeat: 'correct horse 7',
  });
