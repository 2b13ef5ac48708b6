import { ConcurrencyLimit } from '../../platform/concurrency-limit.ts';
import type { Session } from '../accounts/session.ts';

/** The tab that sent a frame. */
export interface FrameSender {
  readonly id: string;
  readonly isOpen: boolean;
  /** Once authenticated. */
  readonly session: Session | null;
}

/** Reads for frames that the gateway answers itself. */
export const OWN_READS_AT_ONCE = 2;

/** By user, one after the other. As a tab has its frames of a kind answered one after the other, so many tabs may wait for theirs. */
const LIMITS = { running: OWN_READS_AT_ONCE, runningPerKey: 1, waiting: 1024 };

/** Runs a read when its turn has come. Rejects as the read does, with `Overloaded`, or with `Abandoned` when the tab has gone. */
export type ReadInTurn = <Result>(sender: FrameSender, read: () => Promise<Result>) => Promise<Result>;

export function createReadInTurn(maxWaitMs: number): ReadInTurn {
  const reads = new ConcurrencyLimit({ ...LIMITS, maxWaitMs });
  return (sender, read) => reads.run(sender.session?.username ?? '', read, () => !sender.isOpen);
}
