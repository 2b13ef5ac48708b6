import { pairId } from '../../platform/event-store/stream-name.ts';
import type { Crowd } from '../load-generator/crowd.ts';
import { forkEntry } from '../processes/fork-entry.ts';
import type { CrowdSize, Launch, StartSystem, SystemUnderTest } from './system-under-test.ts';

interface LoopTraits extends Pick<SystemUnderTest, 'name' | 'dialect' | 'keepsOrder'> {
  readonly entry: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Where tabs connect; what they say of themselves is appended. */
  readonly path: string;
}

const LIMIT_LOOP: LoopTraits = {
  name: 'limit loop',
  dialect: 'action-frames',
  keepsOrder: true,
  entry: 'bench/limit-loop/on-postgres/main.js',
  path: '/ws/events?',
};

const PEER_LOOP: LoopTraits = {
  name: 'socket.io peer',
  dialect: 'socket-io',
  // Each message is inserted on its own, on any connection of a pool: two of one sender may overtake each other.
  keepsOrder: false,
  entry: 'bench/peer-loop/main.js',
  path: '/socket.io/?EIO=4&transport=websocket&',
};

export const startLimitLoop: StartSystem = (launch) => startLoop(LIMIT_LOOP, launch);

/** The limit loop with its log in the EventStoreDB at `eventStoreUrl`. */
export const limitLoopOnEventStoreDb =
  (eventStoreUrl: string): StartSystem =>
  (launch) =>
    startLoop(
      {
        ...LIMIT_LOOP,
        name: 'limit on EventStoreDB',
        entry: 'bench/limit-loop/on-eventstoredb/main.js',
        environment: { EVENTSTORE_URL: eventStoreUrl },
      },
      launch,
    );

export const startPeerLoop: StartSystem = (launch) => startLoop(PEER_LOOP, launch);

async function startLoop(
  { entry, environment, path, ...traits }: LoopTraits,
  { directory, cleanup, flags = [] }: Launch,
): Promise<SystemUnderTest> {
  const loop = forkEntry({ entry, environment: { ...environment, DATA_DIR: directory }, cleanup, flags });
  const address = await loop.printedAddress();
  return {
    ...traits,
    address,
    pid: loop.pid,
    crowd: async (size) => unregisteredCrowd(path, size),
    stop: () => loop.stop(),
  };
}

/** The loops have no accounts: whoever connects says who it is. */
function unregisteredCrowd(path: string, { pairs, tabsPerUser }: CrowdSize): Crowd {
  return {
    tabsPerUser,
    pairs: Array.from({ length: pairs }, (_, pair) => {
      const [a, b] = [`left${pair}`, `right${pair}`];
      const chatId = pairId(a, b);
      const user = (username: string) => ({
        username,
        path: `${path}username=${username}&chat_id=${chatId}`,
        headers: {},
      });
      return { chatId, users: [user(a), user(b)] };
    }),
  };
}
