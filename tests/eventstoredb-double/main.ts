import { parseArgs } from 'node:util';
import { EventStoreDbDouble } from './double.ts';

/**
 * The double as a process of its own: `node --experimental-strip-types tests/eventstoredb-double/main.ts
 * [--port 2113] [--log <file>]`. Prints its connection string, then serves until it is killed; with a log file,
 * what it acknowledged is there after a restart.
 * SIGUSR2 makes it drop every subscription as one whose reader is too slow.
 */
const { values } = parseArgs({ options: { port: { type: 'string' }, log: { type: 'string' } } });

const double = new EventStoreDbDouble({
  port: Number(values.port ?? 0),
  ...(values.log === undefined ? {} : { logFile: values.log }),
});
await double.start();
process.stdout.write(`${double.url}\n`);
process.on('SIGUSR2', () => double.dropSubscriptions('too slow'));
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    double.kill();
    process.exit(0);
  });
}
