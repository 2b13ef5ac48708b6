import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { endWithThisProcess } from '../../platform/service/end-with-this-process.ts';
import { PATIENCE_MS } from './patience.ts';

export const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));

/** A built entry of Rally, running as a process of its own. */
export interface RallyProcess {
  readonly child: ChildProcess;
  /** All that it has printed so far. */
  output(): string;
  /** The exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** SIGTERM, then waits for the end. */
  stop(): Promise<number | null>;
  /** SIGKILL, then waits for the end. */
  kill(): Promise<void>;
}

/** Whom to run as; only root can choose. */
export interface ProcessUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Deadlines of Rally's own that a slow machine would meet, and be a failed test. Suites that are about one of them, or
 * wait for it to pass, set it themselves.
 *
 * And all of a suite's people sign up from one address.
 */
const UNHURRIED = {
  COMMAND_TIMEOUT_MS: String(PATIENCE_MS / 2),
  READ_YOUR_WRITES_MS: String(PATIENCE_MS / 2),
  DRAIN_TIMEOUT_MS: String(PATIENCE_MS / 2),
  SIGNUP_LIMIT: '1000000',
};

export interface SpawnOptions extends Partial<ProcessUser> {
  /** After the entry. */
  readonly args?: readonly string[];
  /** How many files it may have open. */
  readonly openFiles?: number;
}

/**
 * `entry` as in `standalone/main.js`, with `environment` on top of `UNHURRIED`. Nothing of the suite's own environment
 * but PATH and HOME is passed on.
 */
export function spawnRally(
  entry: string,
  environment: Readonly<Record<string, string>>,
  { args = [], openFiles, ...user }: SpawnOptions = {},
): RallyProcess {
  const { PATH = '', HOME = '' } = process.env;
  const command = [process.execPath, '--enable-source-maps', `${DIST}${entry}`, ...args];
  const [file = '', ...rest] = openFiles === undefined ? command : [...limitFiles(openFiles), ...command];
  const child = spawn(file, rest, {
    env: { PATH, HOME, ...UNHURRIED, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...user,
  });
  // Those that a failed test left behind end with its worker, frozen ones too.
  endWithThisProcess(child, 'SIGKILL');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return exited;
  };
  return {
    child,
    output: () => output,
    exited,
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
  };
}

/** Becomes the command that follows. */
const limitFiles = (openFiles: number): string[] => [
  'sh',
  '-c',
  'ulimit -n "$0" && exec "$@"',
  String(openFiles),
];

/** Resolves with the first printed line's match; rejects with the whole output when the process ends before. */
export function printed(rally: RallyProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    for (const stream of [rally.child.stdout, rally.child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        const match = pattern.exec(line);
        if (match) resolve(match);
      });
    }
    void rally.exited.then((code) =>
      reject(new Error(`ended with ${code} before ${pattern}:\n${rally.output()}`)),
    );
  });
}
