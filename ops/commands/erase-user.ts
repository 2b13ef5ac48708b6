import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { v7 as newId } from 'uuid';
import { AppendOrder, CONFLICT_RETRIES, decideAndAppend } from '../../command-service/decide-and-append.ts';
import { noContext } from '../../command-service/execution-context.ts';
import { LAST_EVENT, loadStream } from '../../command-service/load-stream.ts';
import { type User, userDecider } from '../../domain/user.ts';
import { usernameKey } from '../../domain/username.ts';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import { openKeys } from '../../platform/keys/open-keys.ts';
import { pause } from '../../platform/pause.ts';
import { OPERATOR } from '../../protocol/commands.ts';
import { CommandFailed, EXIT } from '../exit-codes.ts';
import { running } from '../run-command.ts';

/** Running services complete an erasure within some six seconds. */
const COMPLETED_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 200;

const APPENDED_WITHIN_MS = 10_000;

interface Options {
  readonly yes?: true;
  readonly wait: boolean;
}

export function eraseUser(program: Command): void {
  program
    .command('erase-user')
    .description('make unreadable, for good, what a user has written, and delete the account')
    .argument('<name>', 'the username')
    .option('--yes', 'do not ask back')
    .option('--no-wait', 'do not wait for the services to delete the account')
    .action(
      running(async ({ output, deployment, signal }, name: string, { yes, wait }: Options) => {
        const { pool, store: openStore } = await deployment();
        const store = await openStore();
        const found = await load(store, name);
        if (!found.state) throw new CommandFailed(`there is no user ${name}`);
        const { username, erasure } = found.state;
        if (!erasure && !yes) await confirm(username);
        if (!erasure) await append(store, username);
        await openKeys(pool).destroy(usernameKey(username));
        const completed = wait ? await isCompleted(store, username, signal) : erasure === 'completed';
        output.json({ username, erased: true, completed });
        output.line(`${username} is erased: nobody can read any more what ${username} has written.`);
        if (wait && !completed)
          throw new CommandFailed(
            'the account is not deleted yet: the services do that, so start them, or look whether housekeeping works',
          );
        return EXIT.done;
      }),
    );
}

const load = (store: EventStore, username: string) =>
  loadStream(store, streamOf('user', username), LAST_EVENT, userDecider);

/** As a command service does. Whoever changes the profile at the same time comes first: it is decided again. */
async function append(store: EventStore, username: string): Promise<void> {
  const commandId = newId();
  const command = { type: 'erase_user', username, actor: OPERATOR, date: new Date().toISOString() } as const;
  const { outcome } = await decideAndAppend(
    command,
    { decider: userDecider, stream: streamOf('user', username), part: LAST_EVENT, loadContext: noContext },
    {
      commandId,
      correlationId: commandId,
      actor: OPERATOR,
      deadline: performance.now() + APPENDED_WITHIN_MS,
      askedBefore: false,
      store,
      order: new AppendOrder(),
      conflictRetries: CONFLICT_RETRIES,
      onConflict: () => {},
    },
  );
  if (outcome === 'refused') throw new CommandFailed(`there is no user ${username}`);
}

async function confirm(username: string): Promise<void> {
  if (!process.stdin.isTTY) throw new CommandFailed('nobody can be asked back here: say --yes', EXIT.usage);
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await asking.question(`Erase ${username} for good? Type the name: `);
  asking.close();
  if (answer.trim() !== username) throw new CommandFailed('not erased');
}

async function isCompleted(store: EventStore, username: string, signal: AbortSignal): Promise<boolean> {
  const isDone = (user: User) => user?.erasure === 'completed';
  const until = performance.now() + COMPLETED_WITHIN_MS;
  for (;;) {
    if (isDone((await load(store, username)).state)) return true;
    if (performance.now() > until) return false;
    await pause(LOOK_EVERY_MS, signal);
    signal.throwIfAborted();
  }
}
