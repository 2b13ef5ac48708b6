import { z } from 'zod';
import { duelConfiguration } from '../command-service/duel-limits.ts';
import { gatewayConfiguration } from '../gateway/configuration.ts';
import { housekeepingConfiguration } from '../housekeeping/configuration.ts';
import { postgresUrl } from '../platform/configuration/option.ts';
import {
  EVENTSTORE_URL_MISSING,
  eventStoreConfiguration,
  namesItsStore,
} from '../platform/event-store/configuration.ts';
import {
  keepsApart,
  OPS_PORT_TAKEN,
  processConfiguration,
} from '../platform/service/process-configuration.ts';
import { projectionConfiguration } from '../projection-service/configuration.ts';

/** What the standalone process reads from the environment, its parts' own options among it. */
export const standaloneConfiguration = z
  .object({
    // What a person needs to know is printed; the log speaks up when something is wrong.
    ...processConfiguration({ opsPort: 8090, logLevel: 'warn' }).shape,
    ...gatewayConfiguration.shape,
    ...projectionConfiguration.shape,
    ...duelConfiguration.shape,
    ...housekeepingConfiguration.shape,
    /** Made and kept in `DATA_DIR`; required with `DATABASE_URL`, because then there is none. */
    JWT_SECRET: gatewayConfiguration.shape.JWT_SECRET.optional(),
    ...eventStoreConfiguration.shape,
    /** Where the embedded PostgreSQL keeps its data: relative to where Rally is started. Without, see `dataDirectoryOf`. */
    DATA_DIR: z.string().optional(),
    /** A PostgreSQL to use in place of the embedded one: `postgres://user:password@host:port/database`. */
    DATABASE_URL: postgresUrl().optional(),
  })
  .refine(({ DATABASE_URL, JWT_SECRET }) => !DATABASE_URL || JWT_SECRET, {
    path: ['JWT_SECRET'],
    error: 'is required with DATABASE_URL',
  })
  .refine(namesItsStore, EVENTSTORE_URL_MISSING)
  .refine((options) => keepsApart(options), OPS_PORT_TAKEN);

/** One place for each event store: read models follow one log, those of another would be taken for its continuation. */
const DATA_DIRECTORIES = { postgres: './.data', eventstoredb: './.data-eventstoredb' } as const;

/** The one that was named, else that of the event store. */
export const dataDirectoryOf = ({
  DATA_DIR,
  EVENT_STORE,
}: Pick<StandaloneConfiguration, 'DATA_DIR' | 'EVENT_STORE'>): string =>
  DATA_DIR ?? DATA_DIRECTORIES[EVENT_STORE];

export type StandaloneConfiguration = Readonly<z.output<typeof standaloneConfiguration>>;
