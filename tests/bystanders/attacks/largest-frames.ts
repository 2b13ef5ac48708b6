import { setTimeout as delay } from 'node:timers/promises';
import type { Attack } from './attack.ts';
import { newMessage, openTab } from './connections.ts';
import { over } from './rhythm.ts';

const TABS = 8;
const ROUNDS = 36;
/** Of each tab: together some 90 frames a second, fewer than a user may send. */
const FRAMES_A_ROUND = 2;
const ROUND_MS = 180;

/** U+0001 is six characters in JSON: no frame that is allowed makes a larger push. */
const CONTENT = `${'\u0001'.repeat(255)}x`;
const TIMESTAMP = '\u0001'.repeat(128);

/** One user's eight tabs say as much as they may, in frames as large as they may be; then they are silent. */
export const largestFrames: Attack = async (target, begun, signal) => {
  const tabs = await Promise.all(
    Array.from({ length: TABS }, (_, index) => openTab(target, target.token, index)),
  );
  const message = newMessage(target.chatId, CONTENT, TIMESTAMP);
  let frames = 0;
  for (let round = 0; round < ROUNDS && !signal.aborted; round += 1) {
    for (const tab of tabs.filter(({ writable }) => writable)) {
      for (let count = 0; count < FRAMES_A_ROUND; count += 1) tab.write(message);
      frames += FRAMES_A_ROUND;
    }
    await delay(ROUND_MS);
  }
  begun();
  await over(signal);
  return { frames, bytesEach: message.length, closed: tabs.filter(({ writable }) => !writable).length };
};
