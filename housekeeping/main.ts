import { runProcess } from '../platform/service/run-process.ts';
import { busWhenTraced } from '../tracing/when-traced.ts';
import { housekeepingProcessConfiguration } from './configuration.ts';

await runProcess({
  name: 'housekeeping',
  purpose:
    'Does what is due and what a crash left half done, by commands. Of several one works, the others wait.',
  configuration: housekeepingProcessConfiguration,
  logTo: 'stdout',
  async start(configuration, { logger, metrics, parts, tracing }) {
    const { v7: newId } = await import('uuid');
    const { openMessageBus } = await import('../platform/message-bus/open-message-bus.ts');
    const { startHousekeeping } = await import('./start-housekeeping.ts');
    const bus = await busWhenTraced(
      await parts.add(openMessageBus(configuration, 'housekeeping', logger, metrics)),
      tracing,
    );
    await parts.add(
      startHousekeeping({
        configuration,
        databaseUrl: configuration.DATABASE_URL,
        bus,
        logger,
        metrics,
        clock: () => new Date(),
        newId,
      }),
    );
    logger.info('ready');
  },
});
