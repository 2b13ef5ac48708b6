import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const KILLED_AFTER_MS = 3000;

/** A built entry of the benchmark, running as a process of its own that ends with the benchmark. */
export interface EntryProcess {
  readonly pid: number;
  send(message: object): void;
  /** Rejects when the process ends first. */
  nextMessage(): Promise<unknown>;
  /** The first line on standard output. Rejects when the process ends first. */
  firstLine(): Promise<string>;
  stop(): Promise<void>;
}

/** `entry` as in `load-generator/main.js`, next to this folder in the build. */
export function forkEntry(entry: string, environment: Readonly<Record<string, string>> = {}): EntryProcess {
  const { PATH = '', HOME = '' } = process.env;
  const child = fork(fileURLToPath(new URL(`../${entry}`, import.meta.url)), {
    env: { PATH, HOME, NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit').then(([code, signal]) => code ?? signal);
  const orEnded = async <T>(wanted: Promise<T>): Promise<T> => {
    const ended = exited.then((how) => Promise.reject(new ProcessEnded(`${entry} ended with ${how}`)));
    return Promise.race([wanted, ended]);
  };
  if (!child.pid) throw new ProcessEnded(`${entry} could not be started`);
  return {
    pid: child.pid,
    send: (message) => void child.send(message),
    nextMessage: () => orEnded(once(child, 'message').then(([message]) => message)),
    firstLine: () => orEnded(once(child.stdout ?? child, 'data').then(([chunk]) => `${chunk}`.trim())),
    stop: async () => {
      child.kill('SIGTERM');
      const killing = setTimeout(() => child.kill('SIGKILL'), KILLED_AFTER_MS);
      await exited;
      clearTimeout(killing);
    },
  };
}

export class ProcessEnded extends Error {
  override readonly name = 'ProcessEnded';
}
