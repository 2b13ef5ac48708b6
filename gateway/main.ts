import { v7 as newId } from 'uuid';
import { readConfiguration } from '../platform/configuration/read-configuration.ts';
import { openMessageBus } from '../platform/message-bus/open-message-bus.ts';
import { runProcess } from '../platform/service/run-process.ts';
import { gatewayProcessConfiguration } from './configuration.ts';
import { startGateway } from './start-gateway.ts';

await runProcess({
  name: 'gateway',
  defaults: { opsPort: 8093, logLevel: 'info' },
  logTo: 'stdout',
  async start({ environment, logger, metrics, parts }) {
    const configuration = readConfiguration(gatewayProcessConfiguration, environment);
    const bus = await parts.add(openMessageBus(configuration, 'gateway', logger));
    const gateway = await parts.add(
      startGateway({
        configuration,
        databaseUrl: configuration.DATABASE_URL,
        bus,
        logger,
        metrics,
        clock: () => new Date(),
        newId,
      }),
    );
    logger.info({ address: gateway.address }, 'ready');
  },
});
