import { runProcess } from '../platform/service/run-process.ts';
import { busWhenTraced, storeWhenTraced } from '../tracing/when-traced.ts';
import { commandServiceConfiguration } from './configuration.ts';

/**
 * Every command is calls of its own there. So many at once share reads and append in groups, which makes all of them
 * cheaper; they are a fraction of a second's work. More at once would only be late together.
 */
const AT_ONCE_ON_EVENTSTOREDB = 256;

await runProcess({
  name: 'command-service',
  purpose: 'Takes commands off the bus, decides, and appends to the event log. Any number may run.',
  configuration: commandServiceConfiguration,
  logTo: 'stdout',
  async start(configuration, { logger, metrics, parts, tracing }) {
    const { openEventStore } = await import('../platform/event-store/open-event-store.ts');
    const { RETENTION } = await import('../platform/event-store/retention.ts');
    const { openMessageBus } = await import('../platform/message-bus/open-message-bus.ts');
    const { startCommandService } = await import('./start-command-service.ts');
    const log = await openEventStore(configuration, logger, RETENTION, metrics);
    parts.onStop('event store', () => log.close());
    const bus = await busWhenTraced(
      await parts.add(openMessageBus(configuration, 'command-service', logger, metrics)),
      tracing,
    );
    const store = await storeWhenTraced(log, bus, tracing);
    await parts.add(
      startCommandService({
        store,
        bus,
        configuration,
        logger,
        registry: metrics,
        clock: () => new Date(),
        ...(configuration.EVENT_STORE === 'eventstoredb' && { commandsAtOnce: AT_ONCE_ON_EVENTSTOREDB }),
      }),
    );
    logger.info('ready');
  },
});
