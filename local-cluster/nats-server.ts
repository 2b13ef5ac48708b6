import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Service } from '../platform/service/service.ts';

export interface NatsServer extends Service {
  readonly url: string;
}

const READY = /Server is ready/;

/** A `nats-server` from the PATH, on loopback. `onEnded`: it ended without having been stopped. */
export async function startNatsServer(port: number, onEnded: () => void): Promise<NatsServer> {
  const server = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
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
    url: `nats://127.0.0.1:${port}`,
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
