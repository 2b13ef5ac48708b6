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

export type EventStoreConfiguration = Readonly<z.output<typeof eventStoreConfiguration>>;
