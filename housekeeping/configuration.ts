import { z } from 'zod';
import { postgresUrl, seconds, wholeNumber } from '../platform/configuration/option.ts';
import { livenessConfiguration } from '../platform/liveness/configuration.ts';
import { messageBusConfiguration } from '../platform/message-bus/configuration.ts';
import { processConfiguration } from '../platform/service/process-configuration.ts';

/** Whoever works renews this lease before each page; one that has not for so long is replaced. */
export const LEASE_MS = 3000;

/** What housekeeping reads from the environment. */
export const housekeepingConfiguration = z.object({
  /** How often it looks for what is due, and others whether they are to take over: several times within a lease. */
  HOUSEKEEPING_INTERVAL_MS: wholeNumber({ min: 10, max: LEASE_MS / 3 }).default(500),
  /** How often it looks for tabs whose users do nothing any more: they count for so much longer at most. */
  SWEEP_INTERVAL_S: seconds().default(60),
  ...livenessConfiguration.shape,
});

export type HousekeepingConfiguration = Readonly<z.output<typeof housekeepingConfiguration>>;

/** What a housekeeping that is a process of its own reads besides. */
export const housekeepingProcessConfiguration = z.object({
  ...processConfiguration({ opsPort: 8094, logLevel: 'info' }).shape,
  ...housekeepingConfiguration.shape,
  ...messageBusConfiguration.shape,
  /** Of the read models, of the lease, and of what gateways say. */
  DATABASE_URL: postgresUrl(),
});
