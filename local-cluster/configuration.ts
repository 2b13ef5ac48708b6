import { z } from 'zod';
import { port, postgresUrl } from '../platform/configuration/option.ts';
import { eventStoreConfiguration } from '../platform/event-store/configuration.ts';
import { messageBusConfiguration } from '../platform/message-bus/configuration.ts';

/** What the local cluster reads from the environment; whatever else is set goes on to its processes. */
export const localClusterConfiguration = z.object({
  ...eventStoreConfiguration.shape,
  /** Of the first gateway; the second takes the next one. */
  PORT: port().default(8080),
  /** Where the embedded PostgreSQL keeps its data, as in the standalone process. */
  DATA_DIR: z.string().default('./.data'),
  /** A PostgreSQL to use in place of the embedded one. */
  DATABASE_URL: postgresUrl().optional(),
  JWT_SECRET: z.string().min(32, 'must be at least 32 characters').optional(),
  /** A NATS server to use in place of a `nats-server` from the PATH. */
  NATS_URL: messageBusConfiguration.shape.NATS_URL.optional(),
});

export type LocalClusterConfiguration = Readonly<z.output<typeof localClusterConfiguration>>;
