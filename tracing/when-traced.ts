import type { EventStore } from '../platform/event-store/event-store.ts';
import type { MessageBus } from '../platform/message-bus/message-bus.ts';
import type { Tracing } from '../platform/tracing/tracing.ts';

/** The bus itself where nothing is traced: a process that does not trace does not even load what would. */
export async function busWhenTraced<Bus extends MessageBus>(bus: Bus, tracing: Tracing | null): Promise<Bus> {
  if (!tracing) return bus;
  const { tracedBus } = await import('./traced-bus.ts');
  return tracedBus(bus, tracing);
}

/** The log itself where nothing is traced. `bus` tells gateways. */
export async function storeWhenTraced(
  store: EventStore,
  bus: MessageBus,
  tracing: Tracing | null,
): Promise<EventStore> {
  if (!tracing) return store;
  const { tracedStore } = await import('./traced-store.ts');
  return tracedStore(store, bus, tracing);
}
