import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import type { message } from '../e2e/message-suite.ts';
import type { Tab } from './tab.ts';

const SHORTEST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 2000;

/** As a client does: what was refused for the moment is sent again, a little later and with the same id. */
export async function sayUntilAcked(tab: Tab, data: ReturnType<typeof message>): Promise<void> {
  for (let waitMs = SHORTEST_RETRY_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_RETRY_MS)) {
    const answer = await tab.ask('new_message', data);
    if (answer.action === 'ack') return;
    expect(answer.data).toMatchObject({ code: 'unavailable' });
    await delay(waitMs * (0.5 + Math.random()));
  }
}
