import type pg from 'pg';
import { type EventStore, EventStoreUnavailable } from '../../platform/event-store/event-store.ts';
import { ageS, countAfter } from '../../projection-service/version-standing.ts';
import type { Deployment } from '../deployment.ts';
import { messageOf } from '../exit-codes.ts';
import { bad, type Finding, ok, warn } from './finding.ts';

const CHECK = 'event store';

/** The log, where it can be read; else why not. It is not made: that is for services. */
export async function checkEventStore(
  deployment: Deployment,
): Promise<{ readonly store: EventStore | null; readonly finding: Finding }> {
  const { EVENT_STORE, EVENTSTORE_URL } = deployment.configuration;
  try {
    if (EVENT_STORE === 'postgres' && !(await hasLog(deployment.pool)))
      return {
        store: null,
        finding: warn(CHECK, 'there is no log yet', 'start a command service, which makes it'),
      };
    const store = await deployment.store();
    const end = await store.end();
    return { store, finding: ok(CHECK, `answers; the log ends at ${end}`) };
  } catch (error) {
    return { store: null, finding: troubleOf(error, EVENTSTORE_URL) };
  }
}

async function hasLog(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query<{ there: boolean }>(
    `select to_regclass('event_log.events') is not null as there`,
  );
  return rows[0]?.there === true;
}

function troubleOf(error: unknown, url = ''): Finding {
  const message = messageOf(error);
  if (/UNAUTHENTICATED|access.?denied|permission/i.test(message))
    return bad(
      CHECK,
      'refuses the user, or lets it not read $all',
      'correct the credentials in EVENTSTORE_URL; $settings says who reads $all',
    );
  const place = url.replace(/\/\/[^@/]*@/, '//').split('?', 1)[0];
  if (error instanceof EventStoreUnavailable)
    return bad(
      CHECK,
      `does not answer at ${place}`,
      'start it, or correct EVENTSTORE_URL; tls= has to be as the server is',
    );
  return bad(CHECK, message, 'look at EVENTSTORE_URL, and at the log of the server');
}

/** Events that the projection leaves behind for so long, in seconds, are too old. */
const OLDEST_S = 10;

/** For how long they are counted. */
const COUNT_MS = 5000;

/** What the log has beyond the checkpoint of the read models, and since when. */
export async function checkLag(store: EventStore, position: bigint): Promise<Finding> {
  const signal = AbortSignal.timeout(COUNT_MS);
  const { events, oldest, isAll } = await countAfter(position, { store, signal });
  const waitedS = ageS(oldest, () => new Date());
  const counted = `${isAll ? '' : 'more than '}${events.toLocaleString('en')} events behind`;
  if (events === 0) {
    return isAll
      ? ok('lag', 'none')
      : warn('lag', `not known after ${COUNT_MS / 1000} s`, 'look again, and at the event store');
  }
  if (waitedS <= OLDEST_S) return ok('lag', `${counted}, just written`);
  return bad(
    'lag',
    `${counted}, the oldest for ${Math.round(waitedS).toLocaleString('en')} s`,
    'see that a projection service runs; docs/operations/runbooks.md, Lag grows',
  );
}
