import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { endWithThisProcess } from '../platform/service/end-with-this-process.ts';
import type { Service } from '../platform/service/service.ts';

export interface NatsServer extends Service {
  /** With the only credentials that it takes. */
  readonly url: string;
}

const READY = /Server is ready/;

/**
 * A `nats-server` from the PATH, on loopback. `onEnded`: it ended without having been stopped.
 *
 * Loopback is every user's of this machine, and whoever is on the bus is anybody: so the server takes one password, made
 * anew at each start. It is in a file that only this user can read, for as long as the server needs to read it; a command
 * line could be read by everybody.
 */
export async function startNatsServer(port: number, onEnded: () => void): Promise<NatsServer> {
  const password = randomBytes(32).toString('base64url');
  const directory = await mkdtemp(join(tmpdir(), 'rally-nats-'));
  try {
    const file = join(directory, 'nats.conf');
    await writeFile(file, configuration(port, password), { mode: 0o600 });
    return await run(file, port, `nats://${USER}:${password}@127.0.0.1:${port}`, onEnded);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const USER = 'rally';

const configuration = (port: number, password: string): string =>
  `listen: "127.0.0.1:${port}"\nauthorization: { user: "${USER}", password: "${password}" }\n`;

async function run(file: string, port: number, url: string, onEnded: () => void): Promise<NatsServer> {
  const server = spawn('nats-server', ['-c', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH },
    detached: true,
  });
  endWithThisProcess(server, 'SIGTERM');
  const kill = () => server.kill('SIGKILL');
  process.once('exit', kill);
  const exited = once(server, 'exit').finally(() => process.off('exit', kill));
  await new Promise<void>((resolve, reject) => {
    server.once('error', () => reject(new NatsServerMissing()));
    exited.then(() => reject(new NatsServerEnded(port)), reject);
    createInterface({ input: server.stderr }).on('line', (line) => READY.test(line) && resolve());
  });
  let stopping = false;
  void exited.then(() => stopping || onEnded());
  return {
    name: 'nats-server',
    url,
    notReady: async () => (server.exitCode === null && server.signalCode === null ? null : 'has ended'),
    stop: async () => {
      stopping = true;
      server.kill('SIGTERM');
      await exited;
    },
  };
}

export class NatsServerMissing extends Error {
  override readonly name = 'NatsServerMissing';
  override readonly message =
    'nats-server is not on the PATH: install it (Debian: apt-get install nats-server), or set NATS_URL';
}

export class NatsServerEnded extends Error {
  override readonly name = 'NatsServerEnded';

  constructor(port: number) {
    super(`nats-server ended before it was ready on port ${port}`);
  }
}
