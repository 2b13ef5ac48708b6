import type { Command, CommandReply } from '../protocol/commands.ts';
import type { CommandContext } from './command-context.ts';
import { changeRelationship } from './handlers/change-relationship.ts';
import { likeMessage } from './handlers/like-message.ts';
import { readMessage } from './handlers/read-message.ts';
import { registerUser } from './handlers/register-user.ts';
import { sendMessage } from './handlers/send-message.ts';

/** The one way from a command to its reply. Each handler names the streams and the decider; the rest is the same for all. */
export function handleCommand(command: Command, context: CommandContext): Promise<CommandReply> {
  switch (command.type) {
    case 'register_user':
      return registerUser(context);
    case 'start_chat':
    case 'block_user':
    case 'unblock_user':
      return changeRelationship(command, context);
    case 'send_message':
      return sendMessage(command, context);
    case 'like_message':
    case 'unlike_message':
      return likeMessage(command, context);
    case 'read_message':
      return readMessage(command, context);
    default:
      return command satisfies never;
  }
}
