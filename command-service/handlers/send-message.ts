import { messageDecider } from '../../domain/message/decide.ts';
import { relationshipDecider } from '../../domain/relationship/decide.ts';
import { messageStream, relationshipStream } from '../../platform/event-store/stream-name.ts';
import type { CommandOf, CommandReply } from '../../protocol/commands.ts';
import type { CommandContext } from '../command-context.ts';
import { decideAndAppend } from '../decide-and-append.ts';
import { FIRST_EVENT, loadStream, WHOLE_STREAM } from '../load-stream.ts';

/** One read and one append when the id is new, as it nearly always is. A resend is answered with the first place. */
export function sendMessage(
  { messageId, chatId, content, timestamp }: CommandOf<'send_message'>,
  context: CommandContext,
): Promise<CommandReply> {
  const { actor: sender, date, store } = context;
  const relationship = relationshipStream(chatId);
  return decideAndAppend(context, {
    decider: messageDecider,
    command: { type: 'SendMessage', messageId, chatId, sender, content, timestamp, date },
    stream: messageStream(messageId),
    part: FIRST_EVENT,
    presumedNew: true,
    readOthers: async () => [
      (await loadStream(store, relationship, WHOLE_STREAM, relationshipDecider)).state,
    ],
    id: messageId,
  });
}
