import type { Readable } from 'node:stream';
import {
  type AllStreamResolvedEvent,
  BACKWARDS,
  END,
  ErrorType,
  EventStoreDBClient,
  FORWARDS,
  isCommandError,
  jsonEvent,
  NO_STREAM as NO_STREAM_YET,
  START,
  type StreamingRead,
  StreamNotFoundError,
  streamNameFilter,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { type AppendResult, EventStoreUnavailable, NO_STREAM, type ReadOptions } from '../event-store.ts';
import { clientSettings } from './client-settings.ts';
import { fromPlace, toPlace } from './log-position.ts';
import type { WrittenEvent } from './pending-append.ts';
import type { ClientEvent } from './recorded-event.ts';

/** The connection, or a call that many share, has failed. */
export class LogUnreachable extends EventStoreUnavailable {}

/**
 * The server's own time for one append has passed. It is slow, or had the same events under way already: a repetition
 * that comes before the first is flushed is dropped, and answered so after 2 s.
 */
export class AppendGivenUp extends EventStoreUnavailable {}

/** The server has dropped a live subscription because 32 events waited in it: ordinary in a burst. */
export class SubscriberTooSlow extends EventStoreUnavailable {}

/** Events that the server looks through, matching or not, between two checkpoints. */
const SEARCH_WINDOW = 256;
const NOT_SYSTEM_STREAMS = '^[^$]';

export interface SubscriptionListener {
  /** Everything up to this place has been looked at; it follows the events already pushed. */
  readUpTo(place: bigint): void;
  /** What is pushed from now on is new in the log. */
  caughtUp(): void;
  /** From servers since version 24, which do not drop a slow reader: what follows is history again. */
  fellBehind(): void;
  /** No more comes. Called once or more. */
  over(reason: Error): void;
}

/** Pushes until it is over; a reader that does not keep up makes the server end it. */
export interface LogSubscription extends Pick<Readable, 'readableLength'> {
  read(): AllStreamResolvedEvent | null;
  onReadable(listener: () => void): void;
  close(): void;
}

/**
 * The boundary to the client library: nothing else imports it. A move to its successor `@kurrent/kurrentdb-client`
 * (KurrentDB is EventStoreDB by its new name) touches this file and no other.
 *
 * The library keeps the appends under way of all its instances in one map, and clears it when any instance's append
 * call breaks; an answer that comes after that is an uncaught error. Hence one instance for each store that appends,
 * and never two append calls at once: see `append-lane.ts`.
 */
export class LogClient {
  readonly #client: EventStoreDBClient;

  constructor(connectionString: string) {
    this.#client = EventStoreDBClient.connectionString(clientSettings(connectionString));
  }

  /** Rejects with `LogUnreachable` when the whole connection failed, else `EventStoreUnavailable` or `AppendGivenUp`. */
  async append(
    stream: string,
    expectedRevision: number,
    events: readonly WrittenEvent[],
  ): Promise<AppendResult> {
    try {
      const { position, nextExpectedRevision } = await this.#client.appendToStream(
        stream,
        events.map(({ id, event, metadata }) =>
          jsonEvent({ id, type: event.type, data: { ...event.data }, metadata: { ...metadata } }),
        ),
        { expectedRevision: expectedRevision === NO_STREAM ? NO_STREAM_YET : BigInt(expectedRevision) },
      );
      if (position) return { outcome: 'appended', position: toPlace(position) };
      return { outcome: 'appended', position: await this.#placeOf(stream, nextExpectedRevision) };
    } catch (error) {
      if (!(error instanceof WrongExpectedVersionError)) throw failure(error);
      const { actualVersion } = error;
      return {
        outcome: 'conflict',
        actualRevision: typeof actualVersion === 'bigint' ? Number(actualVersion) : NO_STREAM,
      };
    }
  }

  /** Events of all kinds, as they were found. */
  readStream(stream: string, { direction, limit }: ReadOptions, timeoutMs: number): Promise<ClientEvent[]> {
    const backwards = direction === 'backwards';
    const reading = this.#client.readStream(stream, {
      direction: backwards ? BACKWARDS : FORWARDS,
      fromRevision: backwards ? END : START,
      maxCount: limit,
    });
    return found(reading, timeoutMs, (error) => error instanceof StreamNotFoundError);
  }

  /** The event of whatever kind that begins at this place, which is no gap; none where none begins. */
  async readAt(place: bigint, timeoutMs: number): Promise<ClientEvent[]> {
    const reading = this.#client.readAll({ fromPosition: fromPlace(place) ?? START, maxCount: 1 });
    const events = await found(reading, timeoutMs, isInvalidPosition);
    return events.filter(({ position }) => position && toPlace(position) === place);
  }

  /** Of the newest event in the log, or before a place, whoever wrote it; -1n: there is none. */
  async lastPlace(timeoutMs: number, before?: bigint): Promise<bigint> {
    const fromPosition = before === undefined ? END : fromPlace(before);
    if (!fromPosition) return -1n;
    const reading = this.#client.readAll({ direction: BACKWARDS, fromPosition, maxCount: 1 });
    const [last] = await found(reading, timeoutMs);
    return last?.position ? toPlace(last.position) : -1n;
  }

  /**
   * Buffers about `bufferSize` events. The server takes whichever event stands first from `after` on for the one that was read last, and leaves
   * it out: also the next one, where that is gone or `after` is a gap before an event.
   */
  subscribe(
    after: bigint,
    prefixes: readonly string[],
    bufferSize: number,
    listener: SubscriptionListener,
  ): LogSubscription {
    const options = {
      checkpointInterval: 1,
      maxSearchWindow: SEARCH_WINDOW,
      checkpointReached: (_: unknown, position: { commit: bigint; prepare: bigint }) =>
        listener.readUpTo(toPlace(position)),
    };
    const subscription = this.#client.subscribeToAll(
      {
        fromPosition: fromPlace(after) ?? START,
        filter:
          prefixes.length > 0
            ? streamNameFilter({ ...options, prefixes: [...prefixes] })
            : streamNameFilter({ ...options, regex: NOT_SYSTEM_STREAMS }),
      },
      { highWaterMark: bufferSize },
    );
    subscription.on('caughtUp', () => listener.caughtUp());
    subscription.on('fellBehind', () => listener.fellBehind());
    subscription.on('error', (error) => listener.over(failure(error)));
    subscription.on('end', () => listener.over(new LogUnreachable('the subscription ended')));
    return {
      read: () => subscription.read(),
      get readableLength() {
        return subscription.readableLength;
      },
      onReadable: (notify) => void subscription.on('readable', notify),
      close: () => void subscription.unsubscribe().catch(() => {}),
    };
  }

  /** Ends every call under way, and resolves when they are over: never, if there is a subscription that nobody reads. */
  dispose(): Promise<void> {
    return this.#client.dispose();
  }

  /** Servers leave the position out when they recognise an append that they have not yet indexed. */
  async #placeOf(stream: string, revision: bigint): Promise<bigint> {
    const reading = this.#client.readStream(stream, { fromRevision: revision, maxCount: 1 });
    const [last] = await found(reading, 1000);
    if (!last?.position) throw new EventStoreUnavailable('the position of an append is not known yet');
    return toPlace(last.position);
  }
}

/**
 * All that a read finds; nothing when it fails by an error that says so. A read that is not over in time is cancelled and
 * rejects; the client itself would wait. Listens rather than iterates, which saves a tenth of a short read's time.
 */
function found(
  reading: StreamingRead<{ readonly event?: ClientEvent }>,
  timeoutMs: number,
  saysNothingThere: (error: Error) => boolean = () => false,
): Promise<ClientEvent[]> {
  return new Promise((resolve, reject) => {
    const events: ClientEvent[] = [];
    const timer = setTimeout(() => {
      reject(new EventStoreUnavailable('a read was not answered in time'));
      reading.cancel().catch(() => {});
    }, timeoutMs);
    reading.on('data', ({ event }) => {
      if (event) events.push(event);
    });
    reading.on('end', () => {
      clearTimeout(timer);
      resolve(events);
    });
    reading.on('error', (error) => {
      clearTimeout(timer);
      if (saysNothingThere(error)) resolve([]);
      else reject(failure(error));
    });
  });
}

/**
 * Whether the server could not read all from there because no record begins there: in a scavenged part of the log it goes on with
 * the next one, elsewhere it takes whatever bytes there are for a record. Until version 23.10 that is the same answer as when a
 * disk fails; nothing else that a server answers is meant by it.
 */
const isInvalidPosition = ({ message }: Error): boolean =>
  message.includes('Unexpected ReadAllResult: Error') || message.includes('read from an invalid position');

const REFUSALS: readonly unknown[] = [
  ErrorType.ACCESS_DENIED,
  ErrorType.INVALID_ARGUMENT,
  ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED,
  ErrorType.STREAM_DELETED,
  ErrorType.UNSUPPORTED,
];

/**
 * What the client rejects with, as what it means to us. Errors of a connection or a whole call carry a gRPC code,
 * also those that are plain `Error`s; a server's answer about one append carries none.
 */
function failure(error: unknown): Error {
  if (error instanceof EventStoreUnavailable) return error;
  if (!(error instanceof Error)) return new LogUnreachable('unknown failure');
  const code = 'code' in error ? error.code : undefined;
  if (!isCommandError(error)) return new LogUnreachable(error.message);
  if (REFUSALS.includes(error.type)) return new Error(`refused by the event store: ${error.type}`);
  if (error.type === ErrorType.TIMEOUT) return new SubscriberTooSlow(error.message);
  if (code !== undefined) return new LogUnreachable(error.message);
  if (error.type === ErrorType.DEADLINE_EXCEEDED) return new AppendGivenUp('the server gave up on an append');
  return new EventStoreUnavailable(error.message);
}
