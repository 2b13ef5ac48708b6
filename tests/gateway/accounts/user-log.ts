import type { SendCommand } from '../../../gateway/command-client.ts';
import type { CommandReply } from '../../../protocol/commands.ts';

/** Stands in for the command service and the log: registers a name once, and knows a repeated command. */
export class UserLog {
  /** Command id by name. */
  readonly registered = new Map<string, string>();
  /** What happens to the next commands, in order; afterwards they are answered. */
  readonly script: ('lost' | 'reply lost' | Promise<unknown>)[] = [];
  commands = 0;
  #position = 100;
  readonly #positions = new Map<string, string>();

  readonly send: SendCommand = async (command, { actor, commandId }) => {
    this.commands += 1;
    const event = this.script.shift();
    if (event === 'lost') return unavailable;
    const reply = this.#register(actor.toLowerCase(), commandId);
    if (event === 'reply lost') return unavailable;
    await event;
    if (command.type !== 'register_user') throw new Error(`unexpected ${command.type}`);
    return reply;
  };

  #register(name: string, commandId: string): CommandReply {
    const owner = this.registered.get(name);
    if (owner && owner !== commandId) return { outcome: 'refused', code: 'username_taken' };
    this.registered.set(name, commandId);
    const position = this.#positions.get(commandId) ?? String(++this.#position);
    this.#positions.set(commandId, position);
    return { outcome: 'accepted', position, changed: true };
  }
}

const unavailable: CommandReply = { outcome: 'refused', code: 'unavailable' };
