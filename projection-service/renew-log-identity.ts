import { readConfiguration } from '../platform/configuration/read-configuration.ts';
import { eventStoreConfiguration } from '../platform/event-store/configuration.ts';
import { openEventStore } from '../platform/event-store/open-event-store.ts';
import { createLogger } from '../platform/logging/logger.ts';

/**
 * For operators, once after the log was restored from a backup: cursors from its earlier life are never recovered then.
 * Reads the options that name the event store.
 */
async function renewLogIdentity(): Promise<string> {
  const configuration = readConfiguration(eventStoreConfiguration, process.env);
  const logger = createLogger({ name: 'renew-log-identity', level: 'warn', to: 'stderr' });
  const store = await openEventStore(configuration, logger);
  try {
    return await store.renewIdentity();
  } finally {
    await store.close();
  }
}

try {
  process.stdout.write(`The identity of the log is ${await renewLogIdentity()} from now on.\n`);
} catch (error) {
  process.stderr.write(`renew-log-identity: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
