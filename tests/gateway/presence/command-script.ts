import type { SendCommands } from '../../../gateway/command-client.ts';
import type { CommandReply, IdentifiedCommand } from '../../../protocol/commands.ts';

export const ACCEPTED: CommandReply = { outcome: 'accepted', position: '1', changed: true };
export const UNAVAILABLE: CommandReply = { outcome: 'refused', code: 'unavailable' };

export interface ScriptedRequest {
  readonly actor: string;
  readonly commands: readonly IdentifiedCommand[];
  /** What was asked for, such as `open 1 of ann`. */
  readonly told: readonly string[];
  answer(...replies: CommandReply[]): void;
  acceptAll(): void;
}

/** A command service whose answers the test gives, or gives away. */
export class CommandScript {
  readonly requests: ScriptedRequest[] = [];
  /** Given at once, if it is. */
  always: CommandReply | null = null;

  readonly send: SendCommands = (actor, commands) =>
    new Promise((resolve) => {
      const request: ScriptedRequest = {
        actor,
        commands,
        told: commands.map(textOf),
        answer: (...replies) => resolve(replies),
        acceptAll: () => resolve(commands.map(() => ACCEPTED)),
      };
      this.requests.push(request);
      const { always } = this;
      if (always) resolve(commands.map(() => always));
    });

  /** All of it, in the order in which it was sent. */
  get told(): string[] {
    return this.requests.flatMap(({ told }) => told);
  }

  at(index: number): ScriptedRequest {
    const request = this.requests.at(index);
    if (!request) throw new Error(`there is no request ${index}`);
    return request;
  }
}

function textOf({ command }: IdentifiedCommand): string {
  if (command.type === 'open_session') return `open ${command.sessionId} of ${command.username}`;
  if (command.type !== 'drop_session') throw new Error(`a gateway sent ${command.type}`);
  const { sessionId, username, reason, graceMs } = command;
  return `drop ${sessionId} of ${username}: ${reason}${graceMs > 0 ? ' in a while' : ''}`;
}
