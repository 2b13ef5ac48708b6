import { userDecider } from '../../domain/user.ts';
import { userStream } from '../../platform/event-store/stream-name.ts';
import type { CommandReply } from '../../protocol/commands.ts';
import type { CommandContext } from '../command-context.ts';
import { decideAndAppend } from '../decide-and-append.ts';
import { FIRST_EVENT } from '../load-stream.ts';

/** The actor takes the name: the first append to the name's stream makes it theirs. */
export function registerUser(context: CommandContext): Promise<CommandReply> {
  const { actor, date } = context;
  return decideAndAppend(context, {
    decider: userDecider,
    command: { type: 'RegisterUser', username: actor, date },
    stream: userStream(actor),
    part: FIRST_EVENT,
    presumedNew: true,
    readOthers: async () => ({ states: [] }),
  });
}
