import { runProcess } from '../platform/service/run-process.ts';

await runProcess({
  name: 'rally',
  // What a person needs to know is printed; the log speaks up when something is wrong.
  defaults: { opsPort: 8090, logLevel: 'warn' },
  logTo: 'stderr',
  async start(context) {
    // Loaded here, because that takes longer than all before it, and signals are heard meanwhile.
    const { readStandaloneConfiguration } = await import('./configuration.ts');
    const { startStandalone } = await import('./start-standalone.ts');
    const configuration = readStandaloneConfiguration(context.environment);
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
