import type pg from 'pg';
import { type Leadership, waitForLeadership } from './leadership.ts';

/** Another command works on these read models. */
export class SomebodyElse extends Error {
  override readonly name = 'SomebodyElse';
}

/** Within one and a half a lock is noticed that came free, and within three a holder that lives. */
const LOOK_EVERY_MS = 200;

/**
 * Leads the projecting into read models that are not in use. Rejects with `SomebodyElse` as soon as another one is seen to live that
 * does: what a command left behind that was killed is waited for. Rejects with the signal's reason when that aborts.
 */
export async function leadOrGiveUp(pool: pg.Pool, schema: string, signal: AbortSignal): Promise<Leadership> {
  let looks = 0;
  const leadership = await waitForLeadership(pool, schema, {
    signal,
    limits: { pollMs: LOOK_EVERY_MS },
    onWaiting(silentMs) {
      looks += 1;
      if (looks > 1 && silentMs === 0) throw new SomebodyElse(`somebody else is at work on ${schema}`);
    },
  });
  if (!leadership) throw signal.reason;
  return leadership;
}
