import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { endWithThisProcess } from '../../platform/service/end-with-this-process.ts';
import { builtEntry } from '../support/built-entry.ts';

export interface DoubleProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** SIGKILL, then waits for the end. */
  kill(): Promise<void>;
  /** As the server does in a burst, when a subscription's 32 waiting events become more. */
  dropSubscriptions(): void;
}

/** The double as a process of its own, which can be killed and stopped like a server. `logFile` outlives it. */
export async function startDoubleProcess(options: {
  readonly port?: number;
  readonly logFile: string;
}): Promise<DoubleProcess> {
  const entry = await builtEntry(new URL('main.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    [entry, '--port', String(options.port ?? 0), '--log', options.logFile],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  endWithThisProcess(child, 'SIGKILL');
  const url = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([line]) => String(line)),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the double ended with ${code}`))),
  ]);
  return {
    url,
    child,
    async kill() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
    dropSubscriptions: () => void child.kill('SIGUSR2'),
  };
}
