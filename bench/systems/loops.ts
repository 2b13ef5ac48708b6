import { pairId } from '../../platform/event-store/stream-name.ts';
import type { Crowd } from '../load-generator/crowd.ts';
import type { Cleanup } from '../processes/cleanup.ts';
import { forkEntry } from '../processes/fork-entry.ts';
import type { CrowdSize, StartSystem, SystemUnderTest } from './system-under-test.ts';

export const startLimitLoop: StartSystem = (directory, cleanup) =>
  startLoop(
    { directory, cleanup },
    { name: 'limit loop', dialect: 'action-frames', keepsOrder: true },
    {
      entry: 'bench/limit-loop/main.js',
      path: '/ws/events?',
    },
  );

/** Each message is inserted on its own, on any connection of a pool: two of one sender may overtake each other. */
export const startPeerLoop: StartSystem = (directory, cleanup) =>
  startLoop(
    { directory, cleanup },
    { name: 'socket.io peer', dialect: 'socket-io', keepsOrder: false },
    {
      entry: 'bench/peer-loop/main.js',
      path: '/socket.io/?EIO=4&transport=websocket&',
    },
  );

async function startLoop(
  { directory, cleanup }: { directory: string; cleanup: Cleanup },
  traits: Pick<SystemUnderTest, 'name' | 'dialect' | 'keepsOrder'>,
  { entry, path }: { entry: string; path: string },
): Promise<SystemUnderTest> {
  const loop = forkEntry({ entry, environment: { DATA_DIR: directory }, cleanup });
  const address = await loop.printedAddress();
  return {
    ...traits,
    pid: loop.pid,
    crowd: async (size) => unregisteredCrowd(`${address.replace('http:', 'ws:')}${path}`, size),
    stop: () => loop.stop(),
  };
}

/** The loops have no accounts: whoever connects says who it is. */
function unregisteredCrowd(url: string, { pairs, tabsPerUser }: CrowdSize): Crowd {
  return {
    tabsPerUser,
    pairs: Array.from({ length: pairs }, (_, pair) => {
      const [a, b] = [`left${pair}`, `right${pair}`];
      const chatId = pairId(a, b);
      const user = (username: string) => ({
        username,
        url: `${url}username=${username}&chat_id=${chatId}`,
        headers: {},
      });
      return { chatId, users: [user(a), user(b)] };
    }),
  };
}
