import { z } from 'zod';
import { postgresUrl } from '../platform/configuration/option.ts';
import { eventStoreConfiguration } from '../platform/event-store/configuration.ts';
import { messageBusConfiguration } from '../platform/message-bus/configuration.ts';
import { processConfiguration } from '../platform/service/process-configuration.ts';
import { duelConfiguration } from './duel-limits.ts';

/** What a command service that is a process of its own reads from the environment. */
export const commandServiceConfiguration = z.object({
  ...processConfiguration({ opsPort: 8091, logLevel: 'info' }).shape,
  ...eventStoreConfiguration.shape,
  ...messageBusConfiguration.shape,
  ...duelConfiguration.shape,
  /** Of the keys by which people's words are sealed, and of the log with `EVENT_STORE=postgres`. */
  DATABASE_URL: postgresUrl(),
});
