import { runProcess } from '../platform/service/run-process.ts';
import { localClusterConfiguration } from './configuration.ts';

await runProcess({
  name: 'rally',
  purpose:
    'Each service of Rally as processes of its own, over a nats-server; they read the same environment.',
  configuration: localClusterConfiguration,
  logTo: 'stderr',
  async start(configuration, context) {
    const { startLocalCluster } = await import('./start-local-cluster.ts');
    const { addresses, place, processes } = await startLocalCluster(configuration, context, (line) => {
      process.stdout.write(`${line}\n`);
    });
    process.stdout.write(
      [
        `Rally is ready: ${addresses.join(' and ')}`,
        `  event log in ${configuration.EVENT_STORE}, other data in ${place}`,
        ...processes.map(({ name, ops }) => `  ${name.padEnd(20)} ${ops}/health/ready, /metrics`),
        '  stop with Ctrl-C; try it with `make demo`',
        '',
      ].join('\n'),
    );
  },
});
