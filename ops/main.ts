#!/usr/bin/env node
import { createRequire } from 'node:module';
import { Command } from 'commander';
import { z } from 'zod';
import { size } from './commands/size.ts';
import { streams } from './commands/streams.ts';
import { EXIT } from './exit-codes.ts';

/** One for each file in `commands`, in the order in which help lists them. */
const COMMANDS: readonly ((program: Command) => void)[] = [size, streams];

/** `#package.json` is found from the sources as well as from what is built of them. */
const { version } = z.object({ version: z.string() }).parse(createRequire(import.meta.url)('#package.json'));

const program = new Command('rally')
  .description(
    'For operators of Rally: look, rebuild, verify, mend. Which Rally it is about is said by the variables of its services.',
  )
  .version(`rally ${version}`)
  .option('--json', 'one JSON document on standard output in place of tables')
  .showHelpAfterError('(--help says more)')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.done : EXIT.usage));
for (const add of COMMANDS) add(program);
await program.parseAsync();
