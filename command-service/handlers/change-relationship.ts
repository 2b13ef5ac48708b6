import type { RelationshipCommand } from '../../domain/relationship/commands.ts';
import { relationshipDecider } from '../../domain/relationship/decide.ts';
import { userDecider } from '../../domain/user/decide.ts';
import { pairId, relationshipStream, userStream } from '../../platform/event-store/stream-name.ts';
import type { CommandOf, CommandReply } from '../../protocol/commands.ts';
import type { CommandContext } from '../command-context.ts';
import { decideAndAppend } from '../decide-and-append.ts';
import { FIRST_EVENT, loadStream, WHOLE_STREAM } from '../load-stream.ts';

export function startChat(
  { other }: CommandOf<'start_chat'>,
  context: CommandContext,
): Promise<CommandReply> {
  const { actor: initiator, date } = context;
  const chatId = pairId(initiator, other);
  return changeRelationship(context, other, { type: 'StartChat', chatId, initiator, other, date }, chatId);
}

export function blockUser(
  { blocked }: CommandOf<'block_user'>,
  context: CommandContext,
): Promise<CommandReply> {
  const { actor: blocker, date } = context;
  return changeRelationship(context, blocked, { type: 'BlockUser', blocker, blocked, date });
}

export function unblockUser(
  { blocked }: CommandOf<'unblock_user'>,
  context: CommandContext,
): Promise<CommandReply> {
  const { actor: blocker, date } = context;
  return changeRelationship(context, blocked, { type: 'UnblockUser', blocker, blocked, date });
}

/** Both users' commands meet in the pair's one stream, so that its revision settles every race between them. */
function changeRelationship(
  context: CommandContext,
  other: string,
  command: RelationshipCommand,
  id?: string,
): Promise<CommandReply> {
  const { actor, store } = context;
  return decideAndAppend(context, {
    decider: relationshipDecider,
    command,
    stream: relationshipStream(pairId(actor, other)),
    part: WHOLE_STREAM,
    readOthers: async () => [(await loadStream(store, userStream(other), FIRST_EVENT, userDecider)).state],
    ...(id !== undefined && { id }),
  });
}
