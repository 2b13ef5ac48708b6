import { createRequire } from 'node:module';
import { z } from 'zod';
import { eventStoreConfiguration } from '../platform/event-store/configuration.ts';
import { messageBusConfiguration } from '../platform/message-bus/configuration.ts';

/** What the command line reads from the environment: the same names as in the services, so that what is set for them is right here. */
export const opsConfiguration = z
  .object({
    ...eventStoreConfiguration.shape,
    /** Of the embedded PostgreSQL, without a `DATABASE_URL`; by default that of `make start`, or on EventStoreDB of `make start-distributed`. */
    DATA_DIR: z.string().optional(),
    /** Where processes answer for their health, comma-separated; by default the one of `make start` and `make start-distributed`, which knows the others. */
    OPS_URLS: z
      .string()
      .default('http://127.0.0.1:8090')
      .transform((urls) => urls.split(',').map((url) => url.trim().replace(/\/+$/, '')))
      .pipe(z.array(z.url({ protocol: /^https?$/, error: 'must be http:// URLs, comma-separated' }))),
    /** Of the services, where they are processes of their own. */
    NATS_URL: messageBusConfiguration.shape.NATS_URL.optional(),
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
