import { setTimeout as sleep } from 'node:timers/promises';
import { parsePlace } from '../../protocol/cursor.ts';
import type { CrowdUser } from '../load-generator/crowd.ts';

export interface ReadCounts {
  readonly reads: number;
  readonly failedReads: number;
  readonly stepsBack: number;
}

const EVERY_MS = 20;

/** Reads a page again and again until `signal` aborts, and counts what a reader must not see. */
export async function readOnAndOn(
  address: string,
  user: CrowdUser,
  signal: AbortSignal,
): Promise<ReadCounts> {
  const counts = { reads: 0, failedReads: 0, stepsBack: 0 };
  let seen = -1n;
  while (!signal.aborted) {
    const response = await fetch(`${address}/api/chats`, { headers: user.headers });
    await response.arrayBuffer();
    const place = response.headers.get('X-Rally-Position');
    const position = parsePlace(place ?? '')?.position ?? -1n;
    counts.reads += 1;
    if (response.status !== 200) counts.failedReads += 1;
    else if (position < seen) counts.stepsBack += 1;
    else seen = position;
    await sleep(EVERY_MS);
  }
  return counts;
}
