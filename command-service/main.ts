import { readConfiguration } from '../platform/configuration/read-configuration.ts';
import { openEventStore } from '../platform/event-store/open-event-store.ts';
import { openMessageBus } from '../platform/message-bus/open-message-bus.ts';
import { runProcess } from '../platform/service/run-process.ts';
import { commandServiceConfiguration } from './configuration.ts';
import { startCommandService } from './start-command-service.ts';

/**
 * Every command is calls of its own there. So many at once share reads and append in groups, which makes all of them
 * cheaper; they are a fraction of a second's work. More at once would only be late together.
 */
const AT_ONCE_ON_EVENTSTOREDB = 256;

await runProcess({
  name: 'command-service',
  defaults: { opsPort: 8091, logLevel: 'info' },
  logTo: 'stdout',
  async start({ environment, logger, metrics, parts }) {
    const configuration = readConfiguration(commandServiceConfiguration, environment);
    const store = await openEventStore(configuration, logger);
    parts.onStop('event store', () => store.close());
    const bus = await parts.add(openMessageBus(configuration, 'command-service', logger));
    await parts.add(
      startCommandService({
        store,
        bus,
        logger,
        registry: metrics,
        clock: () => new Date(),
        ...(configuration.EVENT_STORE === 'eventstoredb' && { commandsAtOnce: AT_ONCE_ON_EVENTSTOREDB }),
      }),
    );
    logger.info('ready');
  },
});
