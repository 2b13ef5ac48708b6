import { v7 as newId } from 'uuid';
import { assertAddressFree } from '../platform/service/address-free.ts';
import { runProcess } from '../platform/service/run-process.ts';
import { busWhenTraced } from '../tracing/when-traced.ts';
import { gatewayProcessConfiguration } from './configuration.ts';

await runProcess({
  name: 'gateway',
  purpose: 'The public face of Rally: HTTP and WebSocket on one address. Any number may run.',
  configuration: gatewayProcessConfiguration,
  logTo: 'stdout',
  async start(configuration, { logger, metrics, parts, tracing }) {
    const { openMessageBus } = await import('../platform/message-bus/open-message-bus.ts');
    const { startGateway } = await import('./start-gateway.ts');
    await assertAddressFree(configuration.HOST, configuration.PORT);
    const bus = await busWhenTraced(
      await parts.add(openMessageBus(configuration, 'gateway', logger, metrics)),
      tracing,
    );
    const gateway = await parts.add(
      startGateway({
        configuration,
        databaseUrl: configuration.DATABASE_URL,
        bus,
        logger,
        metrics,
        clock: () => new Date(),
        newId,
        tracing,
      }),
    );
    logger.info({ address: gateway.address }, 'ready');
  },
});
