import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { connect } from 'nats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../local-cluster/free-port.ts';
import { twoPeople } from '../e2e/message-suite.ts';
import { startDoubleProcess } from '../eventstoredb-double/double-process.ts';
import { isRunning } from '../standalone/postmaster.ts';
import { signUp } from '../support/api-client.ts';
import { natsServerIsThere } from '../support/nats-server.ts';
import { eventually, until } from '../support/patience.ts';
import { prepareDataDirectory } from '../support/prepared-data-directory.ts';
import { printed, type RallyProcess, spawnRally } from '../support/rally-process.ts';
import { childProcesses } from './child-processes.ts';

const SERVICES = ['gateway', 'command-service', 'projection-service', 'housekeeping'];
const READY = /Rally is ready: (http:\S+)(?: and (http:\S+))?/;
/** Two gateways, command services, projection services and housekeeping; nats-server and PostgreSQL, each with its guard. */
const PROCESSES = 12;
/** Where it does not matter how many there are. */
const ONE_OF_EACH = { GATEWAYS: '1', COMMAND_SERVICES: '1', PROJECTION_SERVICES: '1', HOUSEKEEPERS: '1' };

let home: string;
let data: string;
let cluster: RallyProcess | undefined;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'rally-cluster-'));
  data = join(home, 'data');
});
afterEach(async () => {
  await cluster?.stop();
  cluster = undefined;
  await rm(home, { recursive: true, force: true });
});

const spawnCluster = (settings: Record<string, string> = {}): RallyProcess =>
  spawnRally('local-cluster/main.js', {
    PORT: '0',
    OPS_PORT: '0',
    LOG_LEVEL: 'warn',
    DATA_DIR: data,
    ...settings,
  });

/** On a PostgreSQL that has been made before. */
async function startCluster(settings: Record<string, string> = {}) {
  await prepareDataDirectory(data);
  return startFirst(settings);
}

async function startFirst(settings: Record<string, string> = {}) {
  const rally = spawnCluster(settings);
  cluster = rally;
  await printed(rally, /stop with Ctrl-C/);
  const [, first = '', second = ''] = READY.exec(rally.output()) ?? [];
  const addresses = [first, second] as const;
  return { rally, pid: rally.child.pid ?? 0, deployment: { addresses, stop: async () => {} } };
}

/** `nobody`, on every Unix. */
const NOBODY = { uid: 65534, gid: 65534 };

/** What a process of this user was started with. */
async function environmentOf(pid: number, name: string): Promise<string> {
  const entries = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0');
  return entries.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
}

type Cluster = Awaited<ReturnType<typeof startCluster>>;

/** Two people with a tab at each gateway: what one writes reaches all four. */
async function expectChat({ deployment }: Cluster): Promise<void> {
  const { chatId, annTab, tabs } = await twoPeople(deployment);
  const data = { chat_id: chatId, id: randomUUID(), content: 'hello', timestamp: 't' };
  expect(await annTab.ask('new_message', data)).toMatchObject({ action: 'ack' });
  await Promise.all(tabs.map((tab) => tab.frame((frame) => frame.data.id === data.id)));
  await Promise.all(tabs.map((tab) => tab.close()));
}

const readiness = (rally: RallyProcess, name: string): Promise<number | null> => {
  const address = new RegExp(`${name} +(http:\\S+)/health/ready`).exec(rally.output())?.[1];
  return fetch(`${address}/health/ready`).then(
    ({ status }) => status,
    () => null,
  );
};

/** The system may take a moment to clear away one that has ended. */
async function expectNothingLeft(processes: Iterable<number>): Promise<void> {
  for (const pid of processes) await eventually(async () => expect(await isRunning(pid)).toBe(false));
}

describe.runIf(natsServerIsThere)('the local cluster', () => {
  it('talks over both gateways, starts again what dies, and ends with 0, leaving nothing behind', async () => {
    const started = await startFirst();
    const { rally, pid } = started;
    const processes = await childProcesses(pid);
    for (const entry of [...SERVICES, 'nats-server', 'postgres'])
      expect([...processes.values()].join('\n')).toContain(entry);
    expect(processes.size).toBe(PROCESSES);
    await expectChat(started);

    for (const service of SERVICES) {
      const [victim = 0] = [...processes].find(([, line]) => line.includes(`/${service}/main.js`)) ?? [];
      process.kill(victim, 'SIGKILL');
      await until(async () => (await childProcesses(pid)).size === PROCESSES && !(await isRunning(victim)));
    }
    for (const name of [
      'gateway-1',
      'gateway-2',
      'command-service-1',
      'projection-service-1',
      'housekeeping-1',
    ])
      await eventually(async () => expect(await readiness(rally, name)).toBe(200));
    await expectChat(started);

    const last = await childProcesses(pid);
    expect(await rally.stop()).toBe(0);
    await expectNothingLeft([...processes.keys(), ...last.keys()]);
  });

  it('stops a process that hangs, in its time, and the others as they should', async () => {
    const { rally, pid } = await startCluster({ ...ONE_OF_EACH, DRAIN_TIMEOUT_MS: '8000' });
    const processes = await childProcesses(pid);
    const [stuck = 0] = [...processes].find(([, line]) => line.includes('/command-service/main.js')) ?? [];
    process.kill(stuck, 'SIGSTOP');
    expect(await rally.stop()).toBe(0);
    expect(rally.output()).toContain('killed, it did not stop');
    await expectNothingLeft(processes.keys());
  });

  it('ends with 1 and says why when its NATS server does', async () => {
    const { rally, pid } = await startCluster(ONE_OF_EACH);
    const processes = await childProcesses(pid);
    const [nats = 0] = [...processes].find(([, line]) => line.startsWith('nats-server')) ?? [];
    process.kill(nats, 'SIGKILL');
    expect(await rally.exited).toBe(1);
    expect(rally.output()).toContain('nats-server has ended');
    await expectNothingLeft(processes.keys());
  });

  it('takes its processes along when it is killed alone, and can be started again at once', async () => {
    const settings = { ...ONE_OF_EACH, PORT: String(await freePort()) };
    let before: readonly number[] = [];
    await prepareDataDirectory(data);
    for (let round = 0; round < 3; round += 1) {
      const started = await startFirst(settings);
      for (const pid of before) await eventually(async () => expect(await isRunning(pid)).toBe(false));
      before = [...(await childProcesses(started.pid)).keys()];
      expect(before).toHaveLength(PROCESSES - SERVICES.length);
      if (round === 0) await signUp(started.deployment.addresses[0]);
      await started.rally.kill();
    }
    for (const pid of before) await eventually(async () => expect(await isRunning(pid)).toBe(false));
  });

  it.runIf(process.platform === 'linux')('lets nobody else of this machine onto its bus', async () => {
    const { pid } = await startCluster(ONE_OF_EACH);
    const processes = await childProcesses(pid);
    const [nats, line = ''] = [...processes].find(([, called]) => called.startsWith('nats-server')) ?? [];
    const service = [...processes].find(([, called]) => called.includes('/gateway/main.js'))?.[0];
    const url = new URL(await environmentOf(service ?? 0, 'NATS_URL'));
    expect(url.password.length).toBeGreaterThan(40);

    const servers = url.host;
    for (const credentials of [{}, { user: 'rally' }, { user: 'rally', pass: '' }, { token: 'rally' }])
      await expect(connect({ servers, reconnect: false, ...credentials })).rejects.toThrow('Authorization');
    const known = await connect({ servers, user: url.username, pass: url.password });
    await known.close();

    for (const called of processes.values()) expect(called).not.toContain(url.password);
    const file = /-c (\S+)/.exec(line)?.[1] ?? '';
    await expect(stat(file)).rejects.toThrow('ENOENT');
    await expect(stat(dirname(file))).rejects.toThrow('ENOENT');
    if (process.getuid?.() !== 0) return;
    for (const process of [nats, service, pid])
      expect(spawnSync('cat', [`/proc/${process}/environ`], NOBODY).status).not.toBe(0);
    const socket = join(data, 'postgres', '.s.PGSQL.5432');
    await chmod(home, 0o755);
    expect(spawnSync('test', ['-S', socket]).status).toBe(0);
    expect(spawnSync('test', ['-S', socket], NOBODY).status).not.toBe(0);
  });

  it('goes on pushing when either projection service is frozen', async () => {
    const started = await startCluster({ ...ONE_OF_EACH, GATEWAYS: '2', PROJECTION_SERVICES: '2' });
    const processes = await childProcesses(started.pid);
    const projections = [...processes].filter(([, line]) => line.includes('/projection-service/main.js'));
    expect(projections).toHaveLength(2);
    for (const [projection] of projections) {
      process.kill(projection, 'SIGSTOP');
      try {
        await expectChat(started);
      } finally {
        process.kill(projection, 'SIGCONT');
      }
    }
  });

  it('runs as many of each service as it is told', async () => {
    const { rally, pid } = await startCluster({
      GATEWAYS: '1',
      COMMAND_SERVICES: '3',
      PROJECTION_SERVICES: '1',
      HOUSEKEEPERS: '3',
    });
    const lines = [...(await childProcesses(pid)).values()];
    const running = (service: string) => lines.filter((line) => line.includes(`/${service}/main.js`)).length;
    expect(SERVICES.map(running)).toEqual([1, 3, 1, 3]);
    expect(rally.output()).toMatch(/^Rally is ready: http:\S+$/m);
  });

  it('can have its log in EventStoreDB', async () => {
    const double = await startDoubleProcess({ logFile: join(home, 'log') });
    try {
      const log = { EVENT_STORE: 'eventstoredb', EVENTSTORE_URL: double.url };
      await expectChat(await startCluster({ ...ONE_OF_EACH, GATEWAYS: '2', ...log }));
      expect(await cluster?.stop()).toBe(0);
    } finally {
      await double.kill();
    }
  });
});

describe('a local cluster that cannot start says why in one line and ends with 1', () => {
  async function refused(settings: Record<string, string>): Promise<string> {
    const rally = spawnCluster(settings);
    expect(await rally.exited).toBe(1);
    expect(rally.output()).toMatch(/^rally: [^\n]*\n$/);
    return rally.output();
  }

  it('without a nats-server, before anything is written', async () => {
    expect(await refused({ PATH: home })).toContain('nats-server is not on the PATH: install it');
    await expect(rm(data)).rejects.toThrow('ENOENT');
  });

  it.each([0, 1])('when the port %i after PORT is taken', async (offset) => {
    // Not one of those that outgoing connections get: its neighbour is free most likely.
    const port = await freePort();
    const taken = port + offset;
    const other = createServer().listen(taken, '127.0.0.1');
    await once(other, 'listening');
    expect(await refused({ PORT: String(port) })).toContain(`PORT: 127.0.0.1:${taken} is taken`);
    other.close();
  });

  it.each([
    [{ EVENT_STORE: 'eventstoredb' }, 'EVENTSTORE_URL: is required with EVENT_STORE=eventstoredb'],
    [{ DATABASE_URL: 'postgres://localhost/rally' }, 'JWT_SECRET: is required with DATABASE_URL'],
    [{ PORT: '8080', OPS_PORT: '8081' }, 'OPS_PORT: is a port of the public address'],
    [{ PORT: '65535' }, 'PORT: leaves no port for the last gateway'],
  ])('%j', async (settings, message) => {
    expect(await refused(settings)).toContain(message);
  });
});

if (!natsServerIsThere)
  describe.skip('the local cluster: needs a nats-server on the PATH', () => {
    it('keeps its promises', () => {});
  });
