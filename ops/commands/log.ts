import type { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { running } from '../run-command.ts';

export function log(program: Command): void {
  program
    .command('log')
    .description('the log as a whole')
    .command('renew-identity')
    .description(
      'once after the log was restored by other means than `rally restore`: cursors from before are void then',
    )
    .action(
      running(async ({ output, deployment }) => {
        const identity = await (await (await deployment()).store()).renewIdentity();
        output.line(`The identity of the log is ${identity} from now on.`);
        output.json({ identity });
        return EXIT.done;
      }),
    );
}
