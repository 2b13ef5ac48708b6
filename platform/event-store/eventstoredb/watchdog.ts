import { EventStoreUnavailable, type LogBatch } from '../event-store.ts';

/** Events may be on their way while the log is asked how far it is. */
const GRACE_MS = 500;

/** Nothing came of a subscription although the log has moved. */
export class SubscriptionSilent extends EventStoreUnavailable {}

/** A silent subscription as the watchdog sees it. */
export interface Watched {
  readonly live: boolean;
  readonly position: bigint;
  next(patienceMs: number): Promise<LogBatch | undefined>;
}

/**
 * After a silence: what comes after all, undefined when all is well. Throws when a subscription says nothing although
 * the log has moved, or rejects when the log does not answer either.
 *
 * The log may have moved by events that the filter leaves out. A new subscription then learns that they are none of
 * its business.
 */
export async function checkSilence(
  watched: Watched,
  logEnd: () => Promise<bigint>,
): Promise<LogBatch | undefined> {
  const end = await logEnd();
  if (watched.live && end <= watched.position) return undefined;
  const late = await watched.next(GRACE_MS);
  if (late) return late;
  throw new SubscriptionSilent('a subscription fell silent');
}
