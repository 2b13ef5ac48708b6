import { messageDecider } from '../../domain/message.ts';
import { messageStream } from '../../platform/event-store/stream-name.ts';
import type { CommandOf, CommandReply } from '../../protocol/commands.ts';
import type { CommandContext } from '../command-context.ts';
import { decideAndAppend } from '../decide-and-append.ts';
import { FIRST_EVENT } from '../load-stream.ts';

/** One append when the id is new, as it nearly always is. A resend is answered with the first place. */
export function sendMessage(
  { messageId, chatId, content, timestamp }: CommandOf<'send_message'>,
  context: CommandContext,
): Promise<CommandReply> {
  const { actor: sender, date, relationships } = context;
  return decideAndAppend(context, {
    decider: messageDecider,
    command: { type: 'SendMessage', messageId, chatId, sender, content, timestamp, date },
    stream: messageStream(messageId),
    part: FIRST_EVENT,
    presumedNew: true,
    readOthers: (fresh) => relationships.of(chatId, fresh),
    id: messageId,
  });
}
