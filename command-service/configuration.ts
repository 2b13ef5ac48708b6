import { z } from 'zod';
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
});
