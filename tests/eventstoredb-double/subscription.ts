import { randomUUID } from 'node:crypto';
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { Faults } from './faults.ts';
import { caughtUp, checkpointReached, confirmed, eventFound } from './read-answers.ts';
import { drained, type ReadCall } from './read-handler.ts';
import { tooSlow } from './rpc-status.ts';
import { streamFilter } from './stream-filter.ts';
import type { StoredEvent, TransactionLog } from './transaction-log.ts';

/** As on the server: what is on its way to the client, and again as many that have not been taken up. */
const LIVE_BUFFER = 32;

export interface LiveSubscription {
  /** Ends it with this error, or without one. */
  drop(error: Error | undefined): void;
  /** Stays open and says nothing any more. */
  stall(): void;
}

/**
 * A filtered subscription to all, in the server's order: confirmation, history, caught up, live. While live, a client
 * that does not take the events is cut off once the buffer is full.
 */
export function startSubscription(call: ReadCall, log: TransactionLog, faults: Faults): LiveSubscription {
  const options = call.request.getOptions();
  const filter = streamFilter(options?.getFilter());
  const waiting: ReadResp[] = [];
  let blocked = false;
  let over = false;
  let silent = false;
  let considered = 0;

  const drop = (error: Error | undefined) => {
    if (over) return;
    over = true;
    stopListening();
    if (error) call.emit('error', error);
    else call.end();
  };

  const flush = async () => {
    if (blocked) return;
    blocked = true;
    for (let next = waiting.shift(); next && !over; next = waiting.shift()) {
      if (!call.write(next)) await drained(call);
    }
    blocked = false;
  };

  const send = (message: ReadResp) => {
    if (silent || over) return;
    if (!blocked) {
      if (call.write(message)) return;
      blocked = true;
      void drained(call).then(() => {
        blocked = false;
        return flush();
      });
      return;
    }
    waiting.push(message);
    if (waiting.length > 2 * LIVE_BUFFER) drop(tooSlow());
  };

  const consider = (event: StoredEvent) => {
    considered += 1;
    if (filter.matches(event.stream)) send(eventFound(event));
    if (considered < filter.checkpointInterval) return;
    considered = 0;
    send(checkpointReached(event.position, event.position));
  };

  let stopListening = () => {};
  const run = async () => {
    if (faults.readsHang) return;
    call.write(confirmed(randomUUID()));
    let next = startIndex(options?.getAll(), log);
    while (!over && next < log.events.length) {
      const page = log.events.slice(next, next + filter.searchWindow);
      const first = page[0];
      const matching = page.filter((event) => filter.matches(event.stream));
      for (const event of matching) {
        if (silent || over) continue;
        if (!call.write(eventFound(event))) await drained(call);
      }
      next = log.indexAfter(page.at(-1)?.position ?? -1n);
      const last = matching.at(-1);
      if (first && page.length === filter.searchWindow && !silent && !over) {
        call.write(
          last ? checkpointReached(last.position, last.position) : checkpointReached(first.position, 0n),
        );
      }
    }
    if (over) return;
    send(caughtUp());
    stopListening = log.onStored(consider);
  };
  const stop = () => {
    over = true;
    stopListening();
  };
  call.on('cancelled', stop).on('error', stop).on('close', stop);
  void run();
  return {
    drop,
    stall: () => {
      silent = true;
    },
  };
}

type AllOptions = ReturnType<NonNullable<ReturnType<ReadCall['request']['getOptions']>>['getAll']>;

function startIndex(all: AllOptions, log: TransactionLog): number {
  if (!all || all.hasStart()) return 0;
  if (all.hasEnd()) return log.events.length;
  const commit = BigInt(all.getPosition()?.getCommitPosition() ?? 0);
  // Whatever comes first from there on counts as read, also where the event that was meant is gone or the place is a gap.
  return log.indexAfter(commit - 1n) + 1;
}
