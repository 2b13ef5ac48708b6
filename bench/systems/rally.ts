import type { Crowd } from '../load-generator/crowd.ts';
import { forkEntry } from '../processes/fork-entry.ts';
import { openChat, signUp } from './rally-accounts.ts';
import type { CrowdSize, Launch, SystemUnderTest } from './system-under-test.ts';

/** Passwords are hashed two at a time; more pairs at once would only wait. */
const PAIRS_AT_ONCE = 4;

const TABS = '/ws/events';

/** What differs from a first start: no limit that a person would never reach, and sessions that outlive the run. */
const SETTINGS = {
  PORT: '0',
  OPS_PORT: '0',
  LOG_LEVEL: 'error',
  FRAME_LIMIT_PER_S: '100000',
  ACCESS_TOKEN_TTL_S: '7200',
};

/** The embedded deployment, as `make start` runs it. */
export async function startRally({ directory, cleanup, flags = [] }: Launch): Promise<SystemUnderTest> {
  const environment = { ...SETTINGS, DATA_DIR: directory };
  const rally = forkEntry({ entry: 'standalone/main.js', environment, cleanup, flags });
  const address = await rally.printedAddress();
  return {
    name: 'rally',
    dialect: 'action-frames',
    keepsOrder: true,
    pid: rally.pid,
    address,
    crowd: (size) => registeredCrowd(address, size),
    stop: () => rally.stop(),
  };
}

async function registeredCrowd(address: string, { pairs, tabsPerUser }: CrowdSize): Promise<Crowd> {
  const made: Crowd['pairs'] = [];
  let next = 0;
  const makeInTurn = async () => {
    while (next < pairs) {
      const pair = next;
      next += 1;
      made[pair] = await makePair(address, pair);
    }
  };
  await Promise.all(Array.from({ length: PAIRS_AT_ONCE }, makeInTurn));
  return { tabsPerUser, pairs: made };
}

async function makePair(address: string, pair: number): Promise<Crowd['pairs'][number]> {
  const [left, right] = [`left${pair}`, `right${pair}`];
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
