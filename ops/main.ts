#!/usr/bin/env node
import { Command } from 'commander';
import { backup } from './commands/backup.ts';
import { doctor } from './commands/doctor.ts';
import { eraseUser } from './commands/erase-user.ts';
import { log } from './commands/log.ts';
import { parked } from './commands/parked.ts';
import { projections } from './commands/projections.ts';
import { restore } from './commands/restore.ts';
import { size } from './commands/size.ts';
import { streams } from './commands/streams.ts';
import { top } from './commands/top.ts';
import { trace } from './commands/trace.ts';
import { verify } from './commands/verify.ts';
import { versions } from './commands/versions.ts';
import { RALLY_VERSION } from './configuration.ts';
import { EXIT } from './exit-codes.ts';

/** One for each file in `commands`, in the order in which help lists them. */
const COMMANDS: readonly ((program: Command) => void)[] = [
  backup,
  doctor,
  eraseUser,
  log,
  parked,
  projections,
  restore,
  size,
  streams,
  top,
  trace,
  verify,
  versions,
];

// Whoever read it has gone, as `head` does: nobody is left to tell anything.
process.stdout.on('error', () => process.exit());

const program = new Command('rally')
  .description(
    'For operators of Rally: look, rebuild, verify, mend. Which Rally it is about is said by the variables of its services.',
  )
  .version(`rally ${RALLY_VERSION}`)
  .option('--json', 'one JSON document on standard output in place of tables')
  .showHelpAfterError('(--help says more)')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.done : EXIT.usage));
for (const add of COMMANDS) add(program);
await program.parseAsync();
