import type { CommandContext, SendCommand } from '../../../gateway/command-client.ts';
import type { Command, CommandReply } from '../../../protocol/commands.ts';

export interface AskedCommand {
  readonly command: Command;
  readonly context: CommandContext;
  readonly alreadyWaitedMs: number | undefined;
  answer(reply: CommandReply): void;
}

/** A command service that answers at once, or when the test says so. */
export class TestCommands {
  readonly asked: AskedCommand[] = [];
  answersAtOnce = true;

  send: SendCommand = (command, context, alreadyWaitedMs) =>
    new Promise((resolve) => {
      this.asked.push({ command, context, alreadyWaitedMs, answer: resolve });
      if (this.answersAtOnce) resolve(accepted(command));
    });

  get commands(): Command[] {
    return this.asked.map(({ command }) => command);
  }

  /** Accepts the n-th command, from 0. */
  accept(index: number): void {
    const asked = this.asked[index];
    if (!asked) throw new Error(`there is no command ${index}`);
    asked.answer(accepted(asked.command));
  }
}

const accepted = (command: Command): CommandReply => ({
  outcome: 'accepted',
  position: '7',
  changed: true,
  ...(command.type === 'send_message' && { id: command.messageId }),
});
