import { messageDecider } from '../../domain/message.ts';
import { messageStream } from '../../platform/event-store/stream-name.ts';
import type { CommandOf, CommandReply } from '../../protocol/commands.ts';
import type { CommandContext } from '../command-context.ts';
import { decideAndAppend } from '../decide-and-append.ts';
import { WHOLE_STREAM } from '../load-stream.ts';

/** Likes and unlikes. */
export function likeMessage(
  { type, messageId, chatId }: CommandOf<'like_message'> | CommandOf<'unlike_message'>,
  context: CommandContext,
): Promise<CommandReply> {
  const { actor: user, date, relationships } = context;
  return decideAndAppend(context, {
    decider: messageDecider,
    command: {
      type: type === 'like_message' ? 'LikeMessage' : 'UnlikeMessage',
      messageId,
      chatId,
      user,
      date,
    },
    stream: messageStream(messageId),
    part: WHOLE_STREAM,
    readOthers: (fresh) => relationships.of(chatId, fresh),
  });
}
