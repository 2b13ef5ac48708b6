import type { Logger } from 'pino';
import type { MessageBusConfiguration } from './configuration.ts';
import type { MessageBus } from './message-bus.ts';
import { connectNatsBus } from './nats/nats-bus.ts';

/** `name` is what operators see in the server's list of connections. */
export const openMessageBus = (
  { NATS_URL }: MessageBusConfiguration,
  name: string,
  logger: Logger,
): Promise<MessageBus> => connectNatsBus({ url: NATS_URL, name, logger });
