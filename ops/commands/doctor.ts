import type { Command } from 'commander';
import { createLogger } from '../../platform/logging/logger.ts';
import { schemaInUse } from '../../read-models/schema-name.ts';
import type { Deployment } from '../deployment.ts';
import { checkDisk } from '../doctor/disk.ts';
import { checkEventStore } from '../doctor/event-log.ts';
import { bad, type Finding } from '../doctor/finding.ts';
import { checkKeys } from '../doctor/keys.ts';
import { checkMessageBus } from '../doctor/message-bus.ts';
import { checkOptions } from '../doctor/options.ts';
import { checkPostgres } from '../doctor/postgres.ts';
import { checkProcesses } from '../doctor/processes.ts';
import { checkHousekeepingLease, checkReadSide } from '../doctor/read-side.ts';
import { checkSchemas } from '../doctor/schemas.ts';
import { CommandFailed, EXIT, messageOf } from '../exit-codes.ts';
import { running } from '../run-command.ts';

interface DoctorOptions {
  readonly minFree: string;
}

export function doctor(program: Command): void {
  program
    .command('doctor')
    .description('looks at every dependency and setting, and says what to do')
    .option('--min-free <percent>', 'of the disk; less is bad', '10')
    .action(
      running(async ({ output, deployment }, { minFree }: DoctorOptions) => {
        const minFreePercent = Number(minFree);
        if (!(minFreePercent >= 0 && minFreePercent <= 100))
          throw new CommandFailed('--min-free is a percentage, from 0 to 100', EXIT.usage);
        const options = checkOptions(process.env);
        const findings = [
          ...options,
          ...(options.some(({ state }) => state === 'bad') ? [] : await checkAll(deployment, minFreePercent)),
        ];
        const columns = { check: 'Check', state: 'State', seen: 'Seen', advice: 'What to do' };
        output.table(
          columns,
          findings.map((finding) => ({ ...finding, advice: finding.advice ?? '' })),
        );
        output.json({ findings });
        return findings.some(({ state }) => state === 'bad') ? EXIT.found : EXIT.done;
      }),
    );
}

async function checkAll(open: () => Promise<Deployment>, minFreePercent: number): Promise<Finding[]> {
  let deployment: Deployment;
  try {
    deployment = await open();
  } catch (error) {
    return [bad('PostgreSQL', messageOf(error), 'set DATABASE_URL, or DATA_DIR')];
  }
  const { NATS_URL = null, OPS_URLS } = deployment.configuration;
  const logger = createLogger({ name: 'rally', level: 'silent', to: 'stderr' });
  const [stored, bus, processes] = await Promise.all([
    checkStored(deployment, minFreePercent),
    checkMessageBus(NATS_URL, logger),
    checkProcesses(OPS_URLS),
  ]);
  return [...stored, bus, ...processes];
}

/** What needs PostgreSQL is left out when that is away; the event store may be another server. */
async function checkStored(deployment: Deployment, minFreePercent: number): Promise<Finding[]> {
  const { pool, databaseUrl, configuration } = deployment;
  const { usable, findings: ofPostgres } = await checkPostgres(pool, databaseUrl);
  if (!usable) {
    const others =
      configuration.EVENT_STORE === 'postgres' ? [] : [(await checkEventStore(deployment)).finding];
    return [...ofPostgres, ...others];
  }
  const { store, finding: ofLog } = await checkEventStore(deployment);
  const schema = await schemaInUse(pool);
  const ofSchemas = await checkSchemas(pool, schema);
  const isFit = (name: string) =>
    ofSchemas.some(({ check, state }) => check === `schema ${name}` && state === 'ok');
  return [
    ...ofPostgres,
    await checkDisk(pool, minFreePercent),
    ofLog,
    ...ofSchemas,
    ...(isFit(schema) ? [...(await checkReadSide(pool, schema, store)), await checkKeys(pool, schema)] : []),
    ...(isFit('leases') ? [await checkHousekeepingLease(pool)] : []),
  ];
}
