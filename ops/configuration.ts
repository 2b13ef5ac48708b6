import { createRequire } from 'node:module';
import { z } from 'zod';
import { eventStoreConfiguration } from '../platform/event-store/configuration.ts';

/** What the command line reads from the environment: the same names as in the services, so that what is set for them is right here. */
export const opsConfiguration = z
  .object({
    ...eventStoreConfiguration.shape,
    /** Of the embedded PostgreSQL, without a `DATABASE_URL`; by default that of `make start`, or on EventStoreDB of `make start-distributed`. */
    DATA_DIR: z.string().optional(),
  })
  .refine(({ EVENT_STORE, EVENTSTORE_URL }) => EVENT_STORE !== 'eventstoredb' || EVENTSTORE_URL, {
    path: ['EVENTSTORE_URL'],
    error: 'is required with EVENT_STORE=eventstoredb',
  });

export type OpsConfiguration = Readonly<z.output<typeof opsConfiguration>>;

/** `#package.json` is found from the sources as well as from what is built of them. */
const description: unknown = createRequire(import.meta.url)('#package.json');

/** Of this command line, and of the Rally that it came with. */
export const RALLY_VERSION = z.object({ version: z.string() }).parse(description).version;
