import type { Logger } from 'pino';
import type { Service } from '../service/service.ts';
import type { MessageBusConfiguration } from './configuration.ts';
import type { MessageBus } from './message-bus.ts';
import { connectNatsBus } from './nats/nats-bus.ts';

/** The bus as a part of a process. `name` is what operators see in the server's list of connections. */
export async function openMessageBus(
  { NATS_URL }: MessageBusConfiguration,
  name: string,
  logger: Logger,
): Promise<MessageBus & Service> {
  const bus = await connectNatsBus({ url: NATS_URL, name, logger });
  return {
    ...bus,
    name: 'message bus',
    notReady: async () => (bus.isConnected() ? null : 'not connected'),
    stop: () => bus.close(),
  };
}
