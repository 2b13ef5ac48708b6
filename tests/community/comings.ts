import { randomUUID } from 'node:crypto';
import { evolvePresence, type LiveSession, NEVER_THERE, type Presence } from '../../domain/presence.ts';
import { GATEWAY, HOUSEKEEPING } from '../../protocol/commands.ts';
import type { MemoryLog } from '../support/memory-log.ts';
import type { Ask } from './duelling.ts';

/** Tabs that people open and close, and what gateways and housekeeping say of that. */
export class Comings {
  readonly #log: MemoryLog;
  readonly #ask: Ask;

  constructor(log: MemoryLog, ask: Ask) {
    this.#log = log;
    this.#ask = ask;
  }

  /** With the last tab the user goes at once, or some time later, when housekeeping says so. */
  async comeOrGo(username: string, which: number): Promise<void> {
    const { isOnline, sessions } = this.#presenceOf(username);
    const session = pick(sessions, which);
    if (session && which % 3 > 0) {
      const graceMs = which % 2 ? 0 : 1000;
      const { sessionId } = session;
      await this.#ask(GATEWAY, { type: 'drop_session', username, sessionId, reason: 'closed', graceMs });
    } else if (isOnline && !session && which % 3 > 0) {
      await this.#ask(HOUSEKEEPING, { type: 'settle_presence', username });
    } else {
      const ids = { sessionId: randomUUID(), gatewayId: randomUUID(), loginId: randomUUID() };
      await this.#ask(GATEWAY, { type: 'open_session', username, ...ids });
    }
  }

  #presenceOf(username: string): Presence {
    let presence = NEVER_THERE;
    for (const { event } of this.#log.events)
      switch (event.type) {
        case 'SessionOpened':
        case 'SessionDropped':
        case 'UserCameOnline':
        case 'UserWentOffline':
          if (event.data.username === username) presence = evolvePresence(presence, event);
      }
    return presence;
  }
}

const pick = (sessions: readonly LiveSession[], which: number): LiveSession | undefined =>
  sessions[which % Math.max(sessions.length, 1)];
