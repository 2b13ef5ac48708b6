import type { Logger } from 'pino';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Service } from '../service/service.ts';
import type { MessageBusConfiguration } from './configuration.ts';
import type { MessageBus } from './message-bus.ts';
import { connectNatsBus } from './nats/nats-bus.ts';

/** The bus as a part of a process. `name` is what operators see in the server's list of connections. */
export async function openMessageBus(
  { NATS_URL }: MessageBusConfiguration,
  name: string,
  logger: Logger,
  registry: Registry,
): Promise<MessageBus & Service> {
  const bus = await connectNatsBus({ url: NATS_URL, name, logger });
  observeConnection(registry, bus);
  return {
    ...bus,
    name: 'message bus',
    notReady: async () => (bus.isConnected() ? null : 'not connected'),
    stop: () => bus.close(),
  };
}

function observeConnection(registry: Registry, bus: MessageBus): void {
  const registers = [registry];
  new Gauge({
    name: 'rally_bus_connected',
    help: '1 while everything that is published reaches this process.',
    registers,
    collect() {
      this.set(bus.isConnected() ? 1 : 0);
    },
  });
  const reconnects = new Counter({
    name: 'rally_bus_reconnects_total',
    help: 'How often the connection to the message bus broke and came back.',
    registers,
  });
  let isBroken = false;
  bus.onInterrupted(() => {
    if (isBroken && bus.isConnected()) reconnects.inc();
    isBroken = !bus.isConnected();
  });
}
