import { z } from 'zod';
import { oneOf, postgresUrl } from '../configuration/option.ts';

/** Where the event log is. */
export const eventStoreConfiguration = z.object({
  EVENT_STORE: oneOf(['postgres', 'eventstoredb']).default('postgres'),
  /** With `EVENT_STORE=eventstoredb`: `esdb://…`, which also says how to use TLS and as whom to sign in. */
  EVENTSTORE_URL: z
    .url({ protocol: /^(esdb|kurrentdb|kdb)(\+discover)?$/, error: 'must be an esdb:// URL' })
    .optional(),
  /** The database that keeps the keys, and with `EVENT_STORE=postgres` the log. */
  DATABASE_URL: postgresUrl().optional(),
});

/** Whether it is said where the chosen store is. PostgreSQL is where the rest of a process' data is. */
export const namesItsStore = ({ EVENT_STORE, EVENTSTORE_URL }: EventStoreConfiguration): boolean =>
  EVENT_STORE !== 'eventstoredb' || EVENTSTORE_URL !== undefined;

export const EVENTSTORE_URL_MISSING = {
  path: ['EVENTSTORE_URL'],
  error: 'is required with EVENT_STORE=eventstoredb',
};

export type EventStoreConfiguration = Readonly<z.output<typeof eventStoreConfiguration>>;
