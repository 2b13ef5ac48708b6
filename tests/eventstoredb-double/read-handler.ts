import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { Faults } from './faults.ts';
import { eventFound, streamNotFound } from './read-answers.ts';
import { invalidPosition } from './rpc-status.ts';
import type { StoredEvent, TransactionLog } from './transaction-log.ts';

export type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

const BACKWARDS = 1;

/** A read of one stream or of all, up to its count. Reads of all take no filter, as with this client. */
export async function answerRead(call: ReadCall, log: TransactionLog, faults: Faults): Promise<void> {
  if (faults.readsHang) return;
  const options = call.request.getOptions();
  if (!options) return void call.end();
  const backwards = options.getReadDirection() === BACKWARDS;
  const count = Number(options.getCount());
  const one = options.getStream();
  if (one) {
    const name = Buffer.from(one.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8');
    const events = log.stream(name);
    if (events.length === 0) {
      call.write(streamNotFound(name));
      return void call.end();
    }
    const begin = events[0]?.revision ?? 0;
    const asked = one.hasStart() ? 0 : Number(one.getRevision()) - begin;
    const from = one.hasEnd() ? events.length - 1 : backwards ? asked : Math.max(asked, 0);
    return write(call, events, from, backwards, count);
  }
  const all = options.getAll();
  if (all?.hasStart()) return write(call, log.events, 0, backwards, count);
  if (all?.hasEnd()) return write(call, log.events, log.events.length - 1, backwards, count);
  const at = BigInt(all?.getPosition()?.getCommitPosition() ?? 0);
  const next = log.indexAfter(at - 1n);
  if (backwards) return write(call, log.events, next - 1, backwards, count);
  const following = log.events[next];
  const isBetween = following && following.position !== at && !log.wasScavenged(at);
  if (isBetween && faults.betweenRecords !== 'next record')
    return void call.emit('error', invalidPosition(faults.betweenRecords));
  return write(call, log.events, next, backwards, count);
}

async function write(
  call: ReadCall,
  events: readonly StoredEvent[],
  from: number,
  backwards: boolean,
  count: number,
): Promise<void> {
  for (let sent = 0; sent < count && !call.cancelled; sent += 1) {
    const event = events[backwards ? from - sent : from + sent];
    if (!event) break;
    if (!call.write(eventFound(event))) await drained(call);
  }
  call.end();
}

/** Resolves also when the call is over. */
export function drained(call: ReadCall): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      call.off('drain', done).off('cancelled', done).off('error', done).off('close', done);
      resolve();
    };
    call.on('drain', done).on('cancelled', done).on('error', done).on('close', done);
  });
}
