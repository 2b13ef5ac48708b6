import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe } from 'vitest';
import { freePort } from '../../local-cluster/free-port.ts';
import { endWithThisProcess } from '../../platform/service/end-with-this-process.ts';

/** Whether a private server can be started here. Suites that need one say so aloud when it is not there. */
export const natsServerIsThere = spawnSync('nats-server', ['--version']).status === 0;

export const WITHOUT_NATS_SERVER =
  'needs a nats-server on the PATH (Debian: apt-get install nats-server), or NATS_URL';

/** `describe`, where a private server can be started; elsewhere its tests are skipped, and its name says why. */
export function describeWithNats(name: string, suite: () => void): void {
  if (natsServerIsThere) describe(name, suite);
  else describe.skip(`${name}: ${WITHOUT_NATS_SERVER}`, suite);
}

export interface NatsServer {
  readonly url: string;
  /** SIGKILL: whatever was on its way is gone. */
  kill(): Promise<void>;
  /** On the same port. Resolves once it accepts connections. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A real NATS server of the suite's own, running. `flags` as on its command line. */
export async function startNatsServer(...flags: readonly string[]): Promise<NatsServer> {
  const port = await freePort();
  let server: ChildProcess | undefined;

  const end = async (signal: NodeJS.Signals) => {
    const ending = server;
    server = undefined;
    if (!ending || ending.exitCode !== null) return;
    ending.kill(signal);
    await once(ending, 'exit');
  };
  const start = async () => {
    const started = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(port), ...flags], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    endWithThisProcess(started, 'SIGKILL');
    server = started;
    await new Promise<void>((resolve, reject) => {
      started.once('exit', (code) => reject(new Error(`nats-server ended with ${code}`)));
      createInterface({ input: started.stderr }).on(
        'line',
        (line) => line.includes('Server is ready') && resolve(),
      );
    });
  };

  await start();
  return { url: `nats://127.0.0.1:${port}`, kill: () => end('SIGKILL'), start, stop: () => end('SIGTERM') };
}
