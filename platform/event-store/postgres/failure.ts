import pg from 'pg';
import { isUnavailable } from '../../postgres/is-unavailable.ts';
import { EventStoreUnavailable } from '../event-store.ts';

/** What callers get instead of the database's own error, which may quote statements and events. */
export function failure(error: unknown): Error {
  const cause = error instanceof pg.DatabaseError ? `SQLSTATE ${error.code}` : String(error);
  return isUnavailable(error)
    ? new EventStoreUnavailable(`the event store is unavailable: ${cause}`)
    : new Error(`the event store refused: ${cause}`);
}
