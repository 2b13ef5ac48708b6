import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { within } from '../../platform/service/within.ts';

/** Then it is ended without a last checkpoint: nothing is lost, only the next start takes longer. */
const FAST_SHUTDOWN_MS = 2500;

export interface ServerProcess {
  hasEnded(): boolean;
  /** Ends its connections, writes a checkpoint, exits. */
  stop(): Promise<void>;
  /** Calls `listener` when it ends without having been stopped. */
  onEnded(listener: () => void): void;
}

/** Keeps hold of a server: it ends with this process at the latest, unless this one is killed. */
export function holdServer(server: ChildProcess): ServerProcess {
  let ended = false;
  let stopping = false;
  const interrupt = () => server.kill('SIGINT');
  process.once('exit', interrupt);
  const exited = once(server, 'exit')
    .catch(() => {})
    .then(() => {
      ended = true;
      process.off('exit', interrupt);
    });
  return {
    hasEnded: () => ended,
    stop: async () => {
      stopping = true;
      interrupt();
      if (await within(FAST_SHUTDOWN_MS, exited)) return;
      server.kill('SIGQUIT');
      await exited;
    },
    onEnded: (listener) => void exited.then(() => stopping || listener()),
  };
}
