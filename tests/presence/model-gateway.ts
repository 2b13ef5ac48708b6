import { CountedTabs } from '../../gateway/presence/counted-tabs.ts';
import { SessionLog } from '../../gateway/presence/session-log.ts';
import type { CloseCodeName } from '../../protocol/close-codes.ts';
import type { CommandReply, IdentifiedCommand } from '../../protocol/commands.ts';

/** A client's tab. */
export interface Tab {
  readonly username: string;
  readonly loginId: string;
}

export interface GatewayOptions {
  /** Of its first life. */
  readonly id: string;
  readonly send: (actor: string, commands: readonly IdentifiedCommand[]) => Promise<readonly CommandReply[]>;
  readonly graceMs: number;
  readonly limitMs: number;
  readonly clock: () => Date;
  readonly newId: () => string;
}

/** What a gateway does for presence, by what it is made of: but when it learns that it was expelled is said by the schedule. */
export class ModelGateway {
  readonly #options: GatewayOptions;
  readonly #log: SessionLog;
  readonly #counted: CountedTabs;
  readonly #tabs = new Set<Tab>();
  /** Sessions that its tabs are, by this life, and of which the log is known to know. */
  readonly #wanted = new Set<string>();
  readonly #told = new Set<string>();
  #id: string;
  #isAlive = true;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#id = options.id;
    const { graceMs, limitMs, clock, newId } = options;
    this.#log = new SessionLog({
      sendCommands: (actor, commands) => this.#send(actor, commands),
      isAnsweredFor: () => true,
      graceMs,
      newId,
    });
    this.#counted = new CountedTabs({
      log: {
        open: (session) => {
          this.#wanted.add(session.sessionId);
          if (session.replaces !== undefined) this.#wanted.delete(session.replaces);
          this.#log.open(session);
        },
        drop: (sessionId, reason) => {
          this.#wanted.delete(sessionId);
          this.#log.drop(sessionId, reason);
        },
      },
      gatewayId: () => this.#id,
      limitMs,
      clock,
      newId,
    });
  }

  get id(): string {
    return this.#id;
  }

  get tabs(): readonly Tab[] {
    return [...this.#tabs];
  }

  /** Sessions that are to be live. */
  get wanted(): readonly string[] {
    return [...this.#wanted];
  }

  /** Those of them that the log has said to be. */
  get told(): readonly string[] {
    return this.wanted.filter((id) => this.#told.has(id));
  }

  join(tab: Tab): void {
    this.#tabs.add(tab);
    const { username, loginId: sessionId } = tab;
    this.#counted.join(tab, { username, sessionId, expiresAt: new Date(0) });
  }

  leave(tab: Tab, by: CloseCodeName | 'client'): void {
    if (this.#tabs.delete(tab)) this.#counted.leave(tab, by);
  }

  renew(loginId: string): void {
    this.#counted.renew(loginId);
  }

  /** It learns that it was expelled, and answers whose tabs have to come again. */
  fence(id: string): readonly Tab[] {
    this.#id = id;
    this.#log.forget();
    const tabs = this.tabs;
    for (const tab of tabs) this.leave(tab, 'CANCELLED');
    return tabs;
  }

  /** Nobody hears of it any more; what it has sent is on its way. */
  kill(): readonly Tab[] {
    this.#isAlive = false;
    this.#log.forget();
    return this.tabs;
  }

  async #send(actor: string, commands: readonly IdentifiedCommand[]): Promise<readonly CommandReply[]> {
    if (!this.#isAlive) return new Promise(() => {});
    const replies = await this.#options.send(actor, commands);
    commands.forEach(({ command }, index) => {
      if (command.type === 'open_session' && replies[index]?.outcome === 'accepted')
        this.#told.add(command.sessionId);
    });
    return replies;
  }
}
