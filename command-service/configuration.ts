import { z } from 'zod';
import { eventStoreConfiguration } from '../platform/event-store/configuration.ts';
import { messageBusConfiguration } from '../platform/message-bus/configuration.ts';

/** What a command service that is a process of its own reads from the environment. */
export const commandServiceConfiguration = z.object({
  ...eventStoreConfiguration.shape,
  ...messageBusConfiguration.shape,
});
