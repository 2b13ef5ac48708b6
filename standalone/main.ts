import { runProcess } from '../platform/service/run-process.ts';
import { standaloneConfiguration } from './configuration.ts';

await runProcess({
  name: 'rally',
  purpose: 'All of Rally in one process, on a PostgreSQL that it brings along or on the one at DATABASE_URL.',
  configuration: standaloneConfiguration,
  logTo: 'stderr',
  async start(configuration, context) {
    const { startStandalone } = await import('./start-standalone.ts');
    const { gateway, place } = await startStandalone(configuration, context, (line) => {
      process.stdout.write(`${line}\n`);
    });
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
