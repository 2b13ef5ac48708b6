import { messageDecider } from '../../domain/message.ts';
import { type MessageInLog, readingDecider } from '../../domain/reading.ts';
import { messageStream, readingStream } from '../../platform/event-store/stream-name.ts';
import type { CommandOf, CommandReply } from '../../protocol/commands.ts';
import type { CommandContext } from '../command-context.ts';
import { decideAndAppend } from '../decide-and-append.ts';
import { FIRST_EVENT, LAST_EVENT, loadStream } from '../load-stream.ts';

/** The marker's stream is the chat's: a client that does not name the chat costs one more read, one after the other. */
export async function readMessage(
  { messageId, chatId }: CommandOf<'read_message'>,
  context: CommandContext,
): Promise<CommandReply> {
  const { actor: reader, date } = context;
  const upTo = messageInLog(context, messageId);
  const chat = chatId ?? (await upTo)?.message.chatId;
  if (chat === undefined) return { outcome: 'refused', code: 'message_not_found' };
  return decideAndAppend(context, {
    decider: readingDecider,
    command: { type: 'ReadMessages', reader, chatId, date },
    stream: readingStream(chat, reader),
    part: LAST_EVENT,
    readOthers: async () => ({ states: [await upTo] }),
  });
}

/** Where a message stands in the log never changes, so it is read once for all decisions. */
async function messageInLog({ store, deadline }: CommandContext, messageId: string): Promise<MessageInLog> {
  const part = { ...FIRST_EVENT, deadline };
  const { state, position } = await loadStream(store, messageStream(messageId), part, messageDecider);
  return state && position !== null ? { message: state, position } : null;
}
