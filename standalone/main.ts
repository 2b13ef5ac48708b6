import { runProcess } from '../platform/service/run-process.ts';
import { readStandaloneConfiguration } from './configuration.ts';
import { startStandalone } from './start-standalone.ts';

await runProcess({
  name: 'rally',
  // What a person needs to know is printed; the log speaks up when something is wrong.
  defaults: { opsPort: 8090, logLevel: 'warn' },
  logTo: 'stderr',
  async start(context) {
    const configuration = readStandaloneConfiguration(context.environment);
    const { gateway, place } = await startStandalone(configuration, context);
    process.stdout.write(
      [
        `Rally is ready: ${gateway.address}`,
        `  data in ${place}`,
        `  health and metrics: ${context.opsAddress}/health/ready, /metrics`,
        '  stop with Ctrl-C; try it with `make demo`',
        '',
      ].join('\n'),
    );
  },
});
