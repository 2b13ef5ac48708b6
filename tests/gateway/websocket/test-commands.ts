import type { CommandContext, SendCommands } from '../../../gateway/command-client.ts';
import type { Command, CommandReply } from '../../../protocol/commands.ts';

export interface AskedCommand {
  readonly command: Command;
  readonly context: CommandContext;
  readonly waitedMs: number | undefined;
  answer(reply: CommandReply): void;
}

/** A command service that answers at once, or when the test says so. */
export class TestCommands {
  readonly asked: AskedCommand[] = [];
  answersAtOnce = true;

  /** How many commands came together. */
  readonly groups: number[] = [];

  /** A group is answered when all of it is. */
  send: SendCommands = (actor, commands, waitedMs) => {
    this.groups.push(commands.length);
    return Promise.all(
      commands.map(
        ({ command, ...ids }, index) =>
          new Promise<CommandReply>((resolve) => {
            this.asked.push({
              command,
              context: { actor, ...ids },
              waitedMs: waitedMs?.[index],
              answer: resolve,
            });
            if (this.answersAtOnce) resolve(accepted(command));
          }),
      ),
    );
  };

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
