import type pg from 'pg';
import { ConfigurationError } from '../../configuration/read-configuration.ts';
import { assertUsableServer } from '../../postgres/assert-usable-server.ts';
import { createPostgresPool } from '../../postgres/postgres-pool.ts';
import { PLANNED_ONCE } from '../../postgres/prepared-dialect.ts';
import { type EventStore, EventStoreUnavailable } from '../event-store.ts';
import { Appender } from './appender.ts';
import { failure } from './failure.ts';
import { keepTrimming } from './keep-trimming.ts';
import { LogEnd } from './log-end.ts';
import { identityOf, renewIdentityOf } from './log-identity.ts';
import { DEFAULTS, type PostgresEventStoreOptions, type Settings } from './options.ts';
import { PlaceReader } from './place-reader.ts';
import { createSchema } from './schema.ts';
import { StreamReader } from './stream-reader.ts';
import { endOfLog, OwnTail, subscription } from './subscription.ts';

/**
 * The event log in PostgreSQL, in the schema `event_log`, which it creates. Any number of processes may have it open.
 * Rejects with `EventStoreUnavailable` when the database cannot be reached, with `ConfigurationError` when it is not fit.
 */
export async function openPostgresEventStore(options: PostgresEventStoreOptions): Promise<EventStore> {
  const settings: Settings = { ...DEFAULTS, ...options };
  const { url, logger, applicationName, timeoutMs, retention, trimEveryMs } = settings;
  const pool = (max: number) =>
    createPostgresPool({
      url,
      applicationName,
      max,
      logger,
      metrics: settings.registry,
      statementTimeoutMs: timeoutMs,
      connectTimeoutMs: timeoutMs,
      settings: { ...PLANNED_ONCE, enable_bitmapscan: 'off' },
    });
  const writers = pool(settings.writeConnections);
  const writing = serverProcesses(writers);
  const readers = pool(settings.readConnections);
  try {
    await assertUsableServer(writers);
    await createSchema(writers);
  } catch (error) {
    await Promise.all([writers.end(), readers.end()]);
    throw error instanceof ConfigurationError ? error : failure(error);
  }

  const end = new LogEnd({ url, applicationName, logger, isOwn: (process) => writing.has(process) });
  const tail = new OwnTail(settings.maxBatchEvents);
  const appender = new Appender(writers, settings, {
    stored(events) {
      tail.add(events);
      end.reached(events.at(-1)?.position ?? -1n);
    },
    unknown: () => end.look(),
  });
  const streams = new StreamReader(readers, settings);
  const places = new PlaceReader(readers, settings);
  const closing = new AbortController();
  const source = { pool: readers, tail, end, pollMs: settings.pollMs, logger, metrics: settings.metrics };
  const trimming = keepTrimming({ pool: readers, retention, trimEveryMs, logger, signal: closing.signal });
  const closed = () => Promise.reject(new EventStoreUnavailable('the event store is closed'));

  return {
    append(stream, expectedRevision, events, condition, deadline) {
      if (closing.signal.aborted) return closed();
      return appender.append({ stream, expectedRevision, events, condition, deadline });
    },
    commitWait: async () => {},
    readStream(stream, readOptions) {
      if (closing.signal.aborted) return closed();
      return streams.read(stream, readOptions);
    },
    readAt(position, { deadline } = {}) {
      if (closing.signal.aborted) return closed();
      return places.read(position, deadline);
    },
    end: () => (closing.signal.aborted ? closed() : endOfLog(readers)),
    subscribe(subscribeOptions) {
      const signal = AbortSignal.any([subscribeOptions.signal, closing.signal]);
      return subscription(source, { ...subscribeOptions, signal });
    },
    identity: () => (closing.signal.aborted ? closed() : identityOf(writers)),
    renewIdentity: () => (closing.signal.aborted ? closed() : renewIdentityOf(writers)),
    async close() {
      if (closing.signal.aborted) return;
      closing.abort();
      await Promise.all([appender.idle(), streams.idle(), places.idle(), end.close(), trimming]);
      await Promise.all([writers.end(), readers.end()]);
    },
  };
}

/** Those that work for this pool now. */
function serverProcesses(pool: pg.Pool): ReadonlySet<number> {
  const processes = new Set<number>();
  const change = (how: 'add' | 'delete') => (client: pg.PoolClient) => {
    // Not in the library's types.
    const process: unknown = Reflect.get(client, 'processID');
    if (typeof process === 'number') processes[how](process);
  };
  pool.on('connect', change('add'));
  pool.on('remove', change('delete'));
  return processes;
}
