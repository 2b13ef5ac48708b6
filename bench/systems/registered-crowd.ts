import { randomBytes } from 'node:crypto';
import type { Crowd } from '../load-generator/crowd.ts';
import { openChat, signUp } from './rally-accounts.ts';
import type { CrowdSize } from './system-under-test.ts';

/** Passwords are hashed two at a time; more pairs at once would only wait. */
const PAIRS_AT_ONCE = 4;

const TABS = '/ws/events';

/** Users of Rally, each pair with its chat. An EventStoreDB knows those of former runs: names are new each time. */
export async function registeredCrowd(address: string, { pairs, tabsPerUser }: CrowdSize): Promise<Crowd> {
  const made: Crowd['pairs'] = [];
  const run = randomBytes(3).toString('hex');
  let next = 0;
  const makeInTurn = async () => {
    while (next < pairs) {
      const pair = next;
      next += 1;
      made[pair] = await makePair(address, `${run}.${pair}`);
    }
  };
  await Promise.all(Array.from({ length: PAIRS_AT_ONCE }, makeInTurn));
  return { tabsPerUser, pairs: made };
}

async function makePair(address: string, pair: string): Promise<Crowd['pairs'][number]> {
  const [left, right] = [`left.${pair}`, `right.${pair}`];
  const [leftHeaders, rightHeaders] = [await signUp(address, left), await signUp(address, right)];
  const chatId = await openChat(address, leftHeaders, right);
  return {
    chatId,
    users: [
      { username: left, path: TABS, headers: leftHeaders },
      { username: right, path: TABS, headers: rightHeaders },
    ],
  };
}
