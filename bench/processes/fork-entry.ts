import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Cleanup } from './cleanup.ts';

/** The compiled code that this file is part of. */
const OWN_BUILD = new URL('../../', import.meta.url);
const KILLED_AFTER_MS = 8000;
const LAST_WORDS = 4000;
const ADDRESSES = /http:\/\/127\.0\.0\.1:\d+/g;

/** A built entry point, running as a process of its own. */
export interface EntryProcess {
  readonly pid: number;
  send(message: object): void;
  /** Rejects with `ProcessEnded` when the process ends first. */
  nextMessage(): Promise<unknown>;
  /** The first loopback address it prints. Rejects with `ProcessEnded` when the process ends first. */
  printedAddress(): Promise<string>;
  /** All of the first line that has one. */
  printedAddresses(): Promise<readonly string[]>;
  /** All that it prints, once it has ended well. Rejects with `ProcessEnded` when it fails. */
  printed(): Promise<string>;
  /** SIGTERM, and SIGKILL when that is not enough. Can be repeated. */
  stop(): Promise<void>;
}

export interface EntryOptions {
  /** As in `standalone/main.js`, in the build. */
  readonly entry: string;
  /** Which build: the folder of its compiled code, with a slash at the end. Without it, the benchmark's own. */
  readonly build?: URL;
  readonly args?: readonly string[];
  /** All of it but PATH and HOME. */
  readonly environment?: Readonly<Record<string, string>>;
  /** For Node. */
  readonly flags?: readonly string[];
  /** Stops it at the latest. */
  readonly cleanup: Cleanup;
}

export function forkEntry(options: EntryOptions): EntryProcess {
  const { entry, build = OWN_BUILD, args = [], environment = {}, flags = [], cleanup } = options;
  const { PATH = '', HOME = '' } = process.env;
  const child = fork(fileURLToPath(new URL(entry, build)), args, {
    env: { PATH, HOME, ...environment },
    execArgv: ['--enable-source-maps', ...flags],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Ctrl-C is for the benchmark, which stops its processes in order.
    detached: true,
  });
  if (child.pid === undefined) throw new ProcessEnded(`${entry} could not be started`);
  let words = '';
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    words = `${words}${chunk}`.slice(-LAST_WORDS);
  });
  const exited = once(child, 'exit').then(
    ([code, signal]) => `${entry} ended with ${code ?? signal}\n${words}`,
  );
  const unlessEnded = <Wanted>(wanted: Promise<Wanted>): Promise<Wanted> =>
    Promise.race([wanted, exited.then((how) => Promise.reject(new ProcessEnded(how)))]);
  const addresses = printedAddresses(child);
  const stop = async () => {
    child.kill('SIGTERM');
    const killing = setTimeout(() => child.kill('SIGKILL'), KILLED_AFTER_MS);
    await exited;
    clearTimeout(killing);
  };
  cleanup.add(stop);
  return {
    pid: child.pid,
    send: (message) => void child.send(message),
    nextMessage: () => unlessEnded(once(child, 'message').then(([message]) => message)),
    printedAddress: async () => (await unlessEnded(addresses))[0] ?? '',
    printedAddresses: () => unlessEnded(addresses),
    printed: async () => {
      await once(child, 'close');
      if (child.exitCode === 0) return output;
      throw new ProcessEnded(await exited);
    },
    stop,
  };
}

function printedAddresses(child: ChildProcess): Promise<readonly string[]> {
  return new Promise((resolve) => {
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const addresses = line.match(ADDRESSES);
      if (addresses) resolve(addresses);
    });
  });
}

export class ProcessEnded extends Error {
  override readonly name = 'ProcessEnded';
}
