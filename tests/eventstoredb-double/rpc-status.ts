import { Metadata, type StatusObject, status } from '@grpc/grpc-js';
import type { BetweenRecords, Drop } from './faults.ts';

export type Failure = Error & StatusObject;

export const failure = (code: status, details: string, metadata = new Metadata()): Failure =>
  Object.assign(new Error(details), { code, details, metadata });

export const connectionLost = (): Failure => failure(status.UNAVAILABLE, 'read ECONNRESET');

/** Code and text as measured on the server. */
export const tooSlow = (): Failure =>
  failure(status.ABORTED, 'Consumer too slow to handle event while live. Client resubscription required.');

/** Code and text as in the server's source, until 23.10 and later. */
export const invalidPosition = (how: Exclude<BetweenRecords, 'next record'>): Failure =>
  how === 'error'
    ? failure(status.UNKNOWN, 'Unexpected ReadAllResult: Error')
    : failure(status.INVALID_ARGUMENT, 'Trying to read from an invalid position.');

export function notLeader(port: number): Failure {
  const metadata = new Metadata();
  metadata.set('exception', 'not-leader');
  metadata.set('leader-endpoint-host', '127.0.0.1');
  metadata.set('leader-endpoint-port', String(port));
  return failure(status.NOT_FOUND, 'Leader info available', metadata);
}

export function dropFailure(drop: Exclude<Drop, 'ended'>, port: number): Failure {
  switch (drop) {
    case 'too slow':
      return tooSlow();
    case 'server stops':
      return failure(status.INTERNAL, 'Received RST_STREAM with code 0');
    case 'connection lost':
      return connectionLost();
    case 'not leader':
      return notLeader(port);
    default:
      return drop satisfies never;
  }
}
