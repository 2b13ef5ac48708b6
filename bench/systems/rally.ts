import { forkEntry } from '../processes/fork-entry.ts';
import { registeredCrowd } from './registered-crowd.ts';
import type { Launch, StartSystem, SystemName, SystemUnderTest } from './system-under-test.ts';

/**
 * What differs from a first start: no limit that a person would never reach, sessions that outlive the run, and patience
 * with a busy machine while users sign up.
 */
export const BENCH_SETTINGS = {
  PORT: '0',
  OPS_PORT: '0',
  LOG_LEVEL: 'error',
  FRAME_LIMIT_PER_S: '100000',
  SOCKETS_PER_USER: '100000',
  RESUMES_PER_USER_PER_S: '100000',
  PENDING_SOCKETS_PER_ADDRESS: '100000',
  SIGNUP_LIMIT: '1000000',
  INVITE_LIMIT: '1000000',
  ACCESS_TOKEN_TTL_S: '7200',
  READ_YOUR_WRITES_MS: '20000',
};

/** Four processes, one of each service, rather than the two of each that it starts by itself. */
const ONE_OF_EACH = { GATEWAYS: '1', COMMAND_SERVICES: '1', PROJECTION_SERVICES: '1', HOUSEKEEPERS: '1' };

type Environment = Readonly<Record<string, string>>;

/** The embedded deployment, as `make start` runs it. */
export const startRally: StartSystem = (launch) => start('rally', 'standalone/main.js', {}, launch);

/** Each service in a process of its own, over NATS, as `make start-distributed` runs them. */
export const startRallyDistributed: StartSystem = (launch) =>
  start('rally distributed', 'local-cluster/main.js', ONE_OF_EACH, launch);

/** In one process, with the log in the EventStoreDB at `eventStoreUrl`, which must hold no other Rally's. */
export const rallyOnEventStoreDb =
  (eventStoreUrl: string): StartSystem =>
  (launch) => {
    const log = { EVENT_STORE: 'eventstoredb', EVENTSTORE_URL: eventStoreUrl };
    return start('rally on EventStoreDB', 'standalone/main.js', log, launch);
  };

async function start(
  name: SystemName,
  entry: string,
  deployment: Environment,
  { directory, cleanup, build, flags = [] }: Launch,
): Promise<SystemUnderTest> {
  const environment = { ...BENCH_SETTINGS, ...deployment, DATA_DIR: directory };
  const rally = forkEntry({ entry, environment, cleanup, flags, ...(build && { build }) });
  const address = await rally.printedAddress();
  return {
    name,
    dialect: 'action-frames',
    keepsOrder: true,
    pid: rally.pid,
    address,
    crowd: (size) => registeredCrowd(address, size),
    stop: () => rally.stop(),
  };
}
