import { z } from 'zod';
import { gatewayConfiguration } from '../gateway/configuration.ts';
import { port, postgresUrl, wholeNumber } from '../platform/configuration/option.ts';
import {
  EVENTSTORE_URL_MISSING,
  eventStoreConfiguration,
  namesItsStore,
} from '../platform/event-store/configuration.ts';
import { messageBusConfiguration } from '../platform/message-bus/configuration.ts';
import {
  keepsApart,
  OPS_PORT_TAKEN,
  processConfiguration,
} from '../platform/service/process-configuration.ts';

/** Gateways with housekeeping, command services and projection services drain in this order, then NATS and PostgreSQL stop. */
export const PROCESS_SHARE = 1 / 4;

const LAST_PORT = 65_535;

/** What the local cluster reads from the environment; whatever else is set goes on to its processes. */
export const localClusterConfiguration = z
  .object({
    // Draining takes as long as several processes one after the other: see `PROCESS_SHARE`.
    ...processConfiguration({ opsPort: 8090, logLevel: 'info', drainTimeoutMs: 16_000 }).shape,
    ...eventStoreConfiguration.shape,
    HOST: gatewayConfiguration.shape.HOST,
    /** Of the first gateway; the others take the next ones. 0 takes any. */
    PORT: port().default(8080),
    /** How many processes of each. Two show that any of them can serve anybody, and can die. */
    GATEWAYS: wholeNumber({ min: 1, max: 16 }).default(2),
    COMMAND_SERVICES: wholeNumber({ min: 1, max: 16 }).default(2),
    /** One of them works; another takes over when it ends, or is silent for some seconds. */
    PROJECTION_SERVICES: wholeNumber({ min: 1, max: 16 }).default(2),
    /** One of them works as well. */
    HOUSEKEEPERS: wholeNumber({ min: 1, max: 16 }).default(2),
    ALLOWED_ORIGINS: gatewayConfiguration.shape.ALLOWED_ORIGINS,
    /** Where the embedded PostgreSQL keeps its data; without, see `dataDirectoryOf`. */
    DATA_DIR: z.string().optional(),
    /** A PostgreSQL to use in place of the embedded one. */
    DATABASE_URL: postgresUrl().optional(),
    JWT_SECRET: gatewayConfiguration.shape.JWT_SECRET.optional(),
    /** A NATS server to use in place of a `nats-server` from the PATH. */
    NATS_URL: messageBusConfiguration.shape.NATS_URL.optional(),
  })
  .refine(({ PORT, GATEWAYS }) => PORT + GATEWAYS - 1 <= LAST_PORT, {
    path: ['PORT'],
    error: 'leaves no port for the last gateway',
  })
  .refine(({ DATABASE_URL, JWT_SECRET }) => !DATABASE_URL || JWT_SECRET, {
    path: ['JWT_SECRET'],
    error: 'is required with DATABASE_URL',
  })
  .refine(namesItsStore, EVENTSTORE_URL_MISSING)
  .refine((options) => keepsApart(options, options.GATEWAYS), OPS_PORT_TAKEN);

export type LocalClusterConfiguration = Readonly<z.output<typeof localClusterConfiguration>>;
