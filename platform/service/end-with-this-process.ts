import { type ChildProcess, spawn } from 'node:child_process';

/** Reads until the pipe breaks: nobody ever writes into it. */
const WAIT_AND_SIGNAL = 'read -r _; kill -s "$1" "$2"';

/**
 * Has a program that knows nothing of us end when this process does, however it ends, by SIGKILL too. A shell waits at a
 * pipe whose other end only this process holds, and signals the program once the pipe breaks.
 *
 * While this process lives, the shell ends with the program: an id that is given out again is never signalled.
 */
export function endWithThisProcess(program: ChildProcess, signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): void {
  const { pid } = program;
  if (pid === undefined) return;
  const guard = spawn('/bin/sh', ['-c', WAIT_AND_SIGNAL, 'sh', signal.slice('SIG'.length), String(pid)], {
    cwd: '/',
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
    // Signals of the terminal are not for it: it has to outlive this process.
    detached: true,
  });
  guard.on('error', () => {});
  guard.unref();
  program.once('exit', () => guard.kill('SIGKILL'));
}
