import { type RelationshipCommand, relationshipDecider } from '../../domain/relationship.ts';
import { userDecider } from '../../domain/user.ts';
import { isUsername } from '../../domain/username.ts';
import { pairId, relationshipStream, userStream } from '../../platform/event-store/stream-name.ts';
import type { CommandOf, CommandReply } from '../../protocol/commands.ts';
import type { CommandContext } from '../command-context.ts';
import { decideAndAppend } from '../decide-and-append.ts';
import { FIRST_EVENT, loadStream, WHOLE_STREAM } from '../load-stream.ts';

type Change = CommandOf<'start_chat'> | CommandOf<'block_user'> | CommandOf<'unblock_user'>;

/** Both users' commands meet in the pair's one stream, so its revision settles every race between them. */
export async function changeRelationship(change: Change, context: CommandContext): Promise<CommandReply> {
  const { actor, store, deadline } = context;
  const other = change.type === 'start_chat' ? change.other : change.blocked;
  if (!isUsername(other)) return { outcome: 'refused', code: 'user_not_found' };
  const pair = pairId(actor, other);
  return decideAndAppend(context, {
    decider: relationshipDecider,
    command: commandOf(change, pair, context),
    stream: relationshipStream(pair),
    part: WHOLE_STREAM,
    readOthers: async () => ({
      states: [(await loadStream(store, userStream(other), { ...FIRST_EVENT, deadline }, userDecider)).state],
    }),
    ...(change.type === 'start_chat' && { id: pair }),
  });
}

function commandOf(change: Change, pair: string, { actor, date }: CommandContext): RelationshipCommand {
  switch (change.type) {
    case 'start_chat':
      return { type: 'StartChat', chatId: pair, initiator: actor, other: change.other, date };
    case 'block_user':
      return { type: 'BlockUser', blocker: actor, blocked: change.blocked, date };
    case 'unblock_user':
      return { type: 'UnblockUser', blocker: actor, blocked: change.blocked, date };
    default:
      return change satisfies never;
  }
}
