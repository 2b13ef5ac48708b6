import { WaitGroup } from '../../platform/wait-group.ts';
import { type CommandOf, type DropReason, GATEWAY, type IdentifiedCommand } from '../../protocol/commands.ts';
import type { SendCommands } from '../command-client.ts';
import { retryMs, TellingPace } from './telling-pace.ts';

/** A tab that counts from now on. */
export interface NewSession extends Omit<CommandOf<'open_session'>, 'type'> {
  /** Another session, of the same tab: it is dropped when this one is open. */
  readonly replaces?: string;
}

export interface SessionLogOptions {
  readonly sendCommands: SendCommands;
  /** Whether somebody would drop this gateway's sessions if it died now. None is opened before. */
  readonly isAnsweredFor: () => boolean;
  /** How long a user stays online without any session. After an end that is meant as one: not at all. */
  readonly graceMs: number;
  readonly newId: () => string;
}

/** After these nobody comes back by himself. */
const FINAL: readonly DropReason[] = ['logout', 'expired'];

/** A command, with the same id each time that it is sent. */
interface Change extends IdentifiedCommand {
  readonly command: CommandOf<'open_session' | 'drop_session'>;
  /** From the first time that it is sent: nobody knows then whether it is stored, or will be. */
  isSent: boolean;
}

interface LiveSession extends NewSession {
  /** null: it is told. */
  opening: Change | null;
}

/** What is to be told of one user. */
interface Line {
  readonly username: string;
  readonly changes: Change[];
  failures: number;
}

/**
 * Tells the log which tabs of this gateway count. It takes note at once and tells when it can; every session that was opened is told,
 * and so is its end, until that has been answered.
 *
 * Order: of one user one thing is told after the other, each when the one before has been answered, so that no end overtakes its
 * beginning. A session that ends before anything was said of it is not mentioned. One whose opening was sent and not answered is opened
 * again before it is dropped: the first command may still be on its way, and must find that it was carried out.
 *
 * Failure: who does not answer is asked again for ever, at the pace of `TellingPace`.
 *
 * Memory: a small entry for each tab that counts, and for each that has left and of which something was told. While nobody answers, one
 * command in a second or two is sent: so many more tabs that come and go meanwhile leave an entry.
 */
export class SessionLog {
  readonly #options: SessionLogOptions;
  readonly #sessions = new Map<string, LiveSession>();
  readonly #lines = new Map<string, Line>();
  /** Lines whose first change can be sent, in their turn. */
  readonly #ready = new Set<Line>();
  /** Those among them that wait until this gateway is answered for. */
  readonly #held = new Set<Line>();
  readonly #untold = new WaitGroup();
  readonly #pace = new TellingPace(() => this.#work());

  constructor(options: SessionLogOptions) {
    this.#options = options;
  }

  /** Sessions that count. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Changes that have not been answered. */
  get untold(): number {
    return this.#untold.underWay;
  }

  open({ replaces, ...session }: NewSession): void {
    const opening = this.#change({ type: 'open_session', ...session });
    const { sessionId } = session;
    this.#sessions.set(sessionId, { ...session, ...(replaces !== undefined && { replaces }), opening });
    this.#tell(opening);
  }

  /** Of a session that is none, or not any more, nothing happens. */
  drop(sessionId: string, reason: DropReason): void {
    const session = this.#sessions.get(sessionId);
    if (!session) return;
    this.#sessions.delete(sessionId);
    const { username, opening, replaces } = session;
    if (opening && replaces !== undefined) this.drop(replaces, reason);
    if (opening && !opening.isSent) {
      this.#withdraw(opening);
      return;
    }
    const graceMs = FINAL.includes(reason) ? 0 : this.#options.graceMs;
    this.#tell(this.#change({ type: 'drop_session', username, sessionId, reason, graceMs }));
  }

  /** This gateway is answered for, now or again. */
  resume(): void {
    for (const line of this.#held) this.#ready.add(line);
    this.#held.clear();
    this.#work();
  }

  /** Somebody else drops them all. */
  forget(): void {
    this.#untold.done(this.#untold.underWay);
    for (const each of [this.#sessions, this.#lines, this.#ready, this.#held]) each.clear();
  }

  /** Whether all was told, in this time. */
  async settle(patienceMs: number): Promise<boolean> {
    await this.#untold.wait(patienceMs);
    return this.untold === 0;
  }

  #change(command: Change['command']): Change {
    const commandId = this.#options.newId();
    return { commandId, correlationId: commandId, command, isSent: false };
  }

  #tell(change: Change): void {
    const { username } = change.command;
    const line = this.#lines.get(username) ?? { username, changes: [], failures: 0 };
    this.#lines.set(username, line);
    line.changes.push(change);
    this.#untold.add();
    if (line.changes.length === 1) this.#ready.add(line);
    this.#work();
  }

  #withdraw(change: Change): void {
    const line = this.#lines.get(change.command.username);
    if (!line) return;
    line.changes.splice(line.changes.indexOf(change), 1);
    this.#untold.done();
    if (line.changes.length > 0) return;
    for (const lines of [this.#ready, this.#held]) lines.delete(line);
    this.#lines.delete(line.username);
  }

  #work(): void {
    if (!this.#pace.allows(this.#ready.size)) return;
    while (this.#pace.hasRoom) {
      const group = this.#take(this.#pace.commandsAtOnce);
      if (group.length === 0) return;
      void this.#send(group);
    }
  }

  #take(most: number): Line[] {
    const group: Line[] = [];
    for (const line of this.#ready) {
      if (group.length === most) break;
      this.#ready.delete(line);
      const isOpening = line.changes[0]?.command.type === 'open_session';
      if (isOpening && !this.#options.isAnsweredFor()) this.#held.add(line);
      else group.push(line);
    }
    return group;
  }

  async #send(group: readonly Line[]): Promise<void> {
    const changes = group.flatMap(({ changes: [first] }) => first ?? []);
    for (const change of changes) change.isSent = true;
    this.#pace.asked();
    const commands = changes.map(({ commandId, correlationId, command }) => ({
      commandId,
      correlationId,
      command,
    }));
    const replies = await this.#options.sendCommands(GATEWAY, commands);
    const answered = replies.map(({ outcome }) => outcome === 'accepted');
    this.#pace.answered(answered.includes(true));
    group.forEach((line, index) => {
      // Otherwise it was forgotten meanwhile.
      if (this.#lines.get(line.username) !== line) return;
      if (answered[index]) this.#told(line);
      else this.#tryLater(line);
    });
    this.#work();
  }

  #told(line: Line): void {
    const change = line.changes.shift();
    if (!change) return;
    this.#untold.done();
    line.failures = 0;
    if (line.changes.length === 0) this.#lines.delete(line.username);
    else this.#ready.add(line);
    if (change.command.type !== 'open_session') return;
    const session = this.#sessions.get(change.command.sessionId);
    if (!session) return;
    session.opening = null;
    if (session.replaces !== undefined) this.drop(session.replaces, 'replaced');
  }

  #tryLater(line: Line): void {
    line.failures += 1;
    const tryAgain = () => {
      if (this.#lines.get(line.username) !== line) return;
      this.#ready.add(line);
      this.#work();
    };
    setTimeout(tryAgain, retryMs(line.failures)).unref();
  }
}
