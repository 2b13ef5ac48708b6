import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { pino } from 'pino';
import { openPostgresEventStore } from '../../platform/event-store/postgres/postgres-event-store.ts';
import { RETENTION } from '../../platform/event-store/retention.ts';
import { type StoppedRally, withStoppedRally } from '../history/stopped-rally.ts';
import type { Cleanup } from '../processes/cleanup.ts';
import { temporaryDirectory } from '../processes/temporary-directory.ts';
import type { LogVolume } from './presence-result.ts';
import { PresenceWriter } from './presence-writer.ts';

const USERS = 1000;
const DAYS = 3;
/** Of the users, whose days are written at the same time; what can go is trimmed after each. */
const PARTS = 8;
const FROM = Date.parse('2026-01-01T00:00:00.000Z');
const LOOK_EVERY_MS = 50;

/** What presence leaves in the log: of one day without trimming, and of some days with. */
export async function measureLogVolume(cleanup: Cleanup): Promise<LogVolume> {
  const [untrimmed, trimmed] = [await daysOf(1, false, cleanup), await daysOf(DAYS, true, cleanup)];
  return {
    users: USERS,
    events: untrimmed.events / USERS,
    bytesPerEvent: (untrimmed.bytes[0] ?? 0) / untrimmed.events,
    keptBytes: trimmed.bytes,
  };
}

async function daysOf(days: number, isTrimmed: boolean, cleanup: Cleanup) {
  const directory = await temporaryDirectory(cleanup);
  return withStoppedRally(directory, cleanup, async (stopped) => {
    const { store, pool } = stopped;
    const gatewayId = randomUUID();
    const writers = Array.from(
      { length: USERS },
      (_, number) => new PresenceWriter(store, `user.${number.toString(36)}`, gatewayId, FROM),
    );
    const bytes: number[] = [];
    for (let day = 0; day < days; day += 1) {
      for (let part = 0; part < PARTS; part += 1) {
        const some = writers.filter((_, number) => number % PARTS === part);
        await Promise.all(some.map((writer) => writer.spendDay(day)));
        if (isTrimmed) await trim(stopped);
      }
      bytes.push(await logBytes(pool));
    }
    return { events: writers.reduce((sum, writer) => sum + writer.events, 0), bytes };
  });
}

/** As a command service does, until there is nothing left to go; then vacuums, which autovacuum does about as often. */
async function trim({ url, pool }: StoppedRally): Promise<void> {
  const logger = pino({ level: 'silent' });
  const trimming = await openPostgresEventStore({
    url,
    logger,
    retention: RETENTION,
    trimEveryMs: LOOK_EVERY_MS,
  });
  while (!(await isTrimmed(pool))) await sleep(LOOK_EVERY_MS);
  await trimming.close();
  await pool.query('vacuum event_log.events');
}

async function isTrimmed(pool: pg.Pool): Promise<boolean> {
  const { rowCount } = await pool.query(
    'select 1 from event_log.trimmed where position = (select max(position) from event_log.events)',
  );
  return rowCount === 1;
}

async function logBytes(pool: pg.Pool): Promise<number> {
  await pool.query('vacuum event_log.events');
  const { rows } = await pool.query<{ bytes: bigint }>(
    "select pg_total_relation_size('event_log.events') as bytes",
  );
  return Number(rows[0]?.bytes ?? 0);
}
