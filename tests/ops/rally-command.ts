import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { parseJson } from '../../platform/json.ts';
import { endWithThisProcess } from '../../platform/service/end-with-this-process.ts';
import { DIST } from '../support/rally-process.ts';

export interface CommandResult {
  /** null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What `--json` has printed. */
  json(): unknown;
}

export interface RunningCommand {
  readonly exited: Promise<CommandResult>;
  signal(signal: NodeJS.Signals): void;
}

/** The real `rally`, as operators start it, with these variables and nothing else of the suite's own but PATH and HOME. */
export function startRallyCommand(
  environment: Readonly<Record<string, string>>,
  ...args: readonly string[]
): RunningCommand {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['--enable-source-maps', `${DIST}ops/main.js`, ...args], {
    env: { PATH, HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithThisProcess(child, 'SIGKILL');
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return {
    exited: ended.then(([stdout, stderr, [code]]) => ({
      code,
      stdout,
      stderr,
      json: () => parseJson(stdout),
    })),
    signal: (signal) => void child.kill(signal),
  };
}

export const runRallyCommand = (
  environment: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<CommandResult> => startRallyCommand(environment, ...args).exited;
