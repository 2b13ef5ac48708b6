import type { Attack } from './attack.ts';
import { newMessage, openTab } from './connections.ts';
import { every } from './rhythm.ts';

const SOCKETS = 800;
const AT_ONCE = 40;
const MESSAGE_EVERY_MS = 25;

/** One user opens hundreds of sockets and is sent 40 messages a second by another. */
export const manySockets: Attack = async (target, begun, signal) => {
  const sockets = [];
  while (sockets.length < SOCKETS && !signal.aborted) {
    const opening = Array.from({ length: AT_ONCE }, (_, index) => openTab(target, target.token, index));
    sockets.push(...(await Promise.all(opening)));
  }
  const received = { megabytes: 0 };
  for (const socket of sockets)
    socket.on('data', (bytes: Buffer) => {
      received.megabytes += bytes.length / 1_000_000;
    });
  const accomplice = await openTab(target, target.accompliceToken);
  let messages = 0;
  begun();
  await every(MESSAGE_EVERY_MS, signal, () => {
    messages += 1;
    accomplice.write(newMessage(target.chatId, 'hello', 'now'));
  });
  const open = sockets.filter(({ writable }) => writable).length;
  return { sockets: sockets.length, open, messages, megabytes: Math.round(received.megabytes) };
};
