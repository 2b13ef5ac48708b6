import { randomUUID } from 'node:crypto';
import { EventStoreUnavailable, NO_STREAM, newLogIdentity } from '../event-store.ts';
import type { AppendLane } from './append-lane.ts';
import type { LogClient } from './log-client.ts';

/** A stream of Rally's own, which no aggregate has: its last event says what the log is called now. */
const STREAM = 'rally_log-identity';
const EVENT_TYPE = 'LogIdentityGiven';

export interface LogAccess {
  readonly log: LogClient;
  readonly appends: AppendLane;
  readonly timeoutMs: number;
}

/** See `EventStore.identity`. Of several who give the log its first one at the same time, one is right for all. */
export async function identityOf(access: LogAccess): Promise<string> {
  const last = await lastGiven(access);
  return last ? last.identity : give(access, NO_STREAM);
}

/** See `EventStore.renewIdentity`. */
export async function renewIdentityOf(access: LogAccess): Promise<string> {
  const last = await lastGiven(access);
  return give(access, last ? last.revision : NO_STREAM);
}

async function give(access: LogAccess, expectedRevision: number): Promise<string> {
  const identity = newLogIdentity();
  const given = { id: randomUUID(), event: { type: EVENT_TYPE, data: { identity } }, metadata: {} };
  const { outcome } = await access.appends.append({ stream: STREAM, expectedRevision, events: [given] });
  if (outcome === 'appended') return identity;
  const last = await lastGiven(access);
  if (!last) throw new EventStoreUnavailable('the identity of the log cannot be read yet');
  return last.identity;
}

async function lastGiven({ log, timeoutMs }: LogAccess) {
  const [last] = await log.readStream(STREAM, { direction: 'backwards', limit: 1 }, timeoutMs);
  if (!last) return null;
  const { data, revision } = last;
  if (typeof data !== 'object' || data === null || !('identity' in data))
    throw new Error(`the event store's stream ${STREAM} holds something else than the identity of the log`);
  return { identity: String(data.identity), revision: Number(revision) };
}
