import { readConfiguration } from '../platform/configuration/read-configuration.ts';
import { runProcess } from '../platform/service/run-process.ts';
import { DEFAULTS, localClusterConfiguration } from './configuration.ts';
import { startLocalCluster } from './start-local-cluster.ts';

// A terminal that is closed takes along only what is in its process group: the processes of the cluster are not.
process.on('SIGHUP', () => process.kill(process.pid, 'SIGTERM'));

await runProcess({
  name: 'rally',
  defaults: DEFAULTS,
  logTo: 'stderr',
  async start(context) {
    const configuration = readConfiguration(localClusterConfiguration, context.environment);
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
