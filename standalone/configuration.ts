import { z } from 'zod';
import { duelConfiguration } from '../command-service/duel-limits.ts';
import { gatewayConfiguration } from '../gateway/configuration.ts';
import { housekeepingConfiguration } from '../housekeeping/configuration.ts';
import { postgresUrl } from '../platform/configuration/option.ts';
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
    /** Where the embedded PostgreSQL keeps its data: relative to where Rally is started. */
    DATA_DIR: z.string().default('./.data'),
    /** A PostgreSQL to use in place of the embedded one: `postgres://user:password@host:port/database`. */
    DATABASE_URL: postgresUrl().optional(),
    /** The event log is in the same PostgreSQL. */
    EVENT_STORE: z.literal('postgres', 'only postgres is there in one process').default('postgres'),
  })
  .refine(({ DATABASE_URL, JWT_SECRET }) => !DATABASE_URL || JWT_SECRET, {
    path: ['JWT_SECRET'],
    error: 'is required with DATABASE_URL',
  })
  .refine((options) => keepsApart(options), OPS_PORT_TAKEN);

export type StandaloneConfiguration = Readonly<z.output<typeof standaloneConfiguration>>;
