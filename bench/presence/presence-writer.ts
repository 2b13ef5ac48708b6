import { randomUUID } from 'node:crypto';
import {
  type DropReason,
  dropSession,
  evolvePresence,
  NEVER_THERE,
  openSession,
  type Presence,
  type PresenceEvent,
  settlePresence,
} from '../../domain/presence.ts';
import { type EventStore, type NewEvent, NO_STREAM } from '../../platform/event-store/event-store.ts';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import { GATEWAY, HOUSEKEEPING } from '../../protocol/commands.ts';

/** What one user does on one day: an assumption. */
export const DAY = {
  /** From the first tab to the last one's end. */
  visits: 5,
  /** Of a visit, in turn: one to three, 1.5 on average. */
  tabs: [1, 1, 1, 2, 1, 3, 1, 2, 1, 2],
  /** Of a visit's first tab: it comes back within the grace. */
  reloads: 2,
  /** Every so many visits nothing is done for so long that the sessions stop counting, and count again later. */
  visitsPerPause: 2,
} as const;

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const SECOND_MS = 1000;
const GRACE_MS = 3000;

/** One user's stream, written as the command service writes it: each decision an append. */
export class PresenceWriter {
  readonly #store: EventStore;
  readonly #username: string;
  readonly #gatewayId: string;
  #presence: Presence = NEVER_THERE;
  #revision = NO_STREAM;
  #at: number;

  constructor(store: EventStore, username: string, gatewayId: string, from: number) {
    this.#store = store;
    this.#username = username;
    this.#gatewayId = gatewayId;
    this.#at = from;
  }

  /** So many events stand in the stream. */
  get events(): number {
    return this.#revision + 1;
  }

  /** As `DAY` has it. */
  async spendDay(day: number): Promise<void> {
    for (let visit = 0; visit < DAY.visits; visit += 1) {
      const number = day * DAY.visits + visit;
      await this.#visit(DAY.tabs[number % DAY.tabs.length] ?? 1, number % DAY.visitsPerPause === 0);
      this.#at += 4 * HOUR_MS;
    }
  }

  /** Comes and goes, two events and two more, until there are so many. */
  async comeAndGo(events: number): Promise<void> {
    while (this.events < events) await this.#drop(await this.#open(randomUUID()), 'logout', 0);
  }

  async #visit(tabs: number, pauses: boolean): Promise<void> {
    const loginId = randomUUID();
    let sessions = [await this.#open(loginId)];
    for (let tab = 1; tab < tabs; tab += 1) sessions.push(await this.#open(loginId));
    for (let reload = 0; reload < DAY.reloads; reload += 1) {
      this.#at += MINUTE_MS;
      const [first = '', ...others] = sessions;
      await this.#drop(first, 'closed', GRACE_MS);
      sessions = [await this.#open(loginId), ...others];
    }
    if (pauses) {
      this.#at += 40 * MINUTE_MS;
      for (const session of sessions) await this.#drop(session, 'inactive', 0);
      this.#at += 20 * MINUTE_MS;
      sessions = [];
      for (let tab = 0; tab < tabs; tab += 1) sessions.push(await this.#open(loginId));
    }
    for (const session of sessions) await this.#drop(session, 'closed', GRACE_MS);
    this.#at += GRACE_MS;
    await this.#append(HOUSEKEEPING, (command) => settlePresence.decide(command, this.#presence, undefined));
  }

  async #open(loginId: string): Promise<string> {
    const ids = { sessionId: randomUUID(), gatewayId: this.#gatewayId, loginId };
    this.#at += SECOND_MS;
    await this.#append(GATEWAY, (command) =>
      openSession.decide({ ...command, ...ids }, this.#presence, undefined),
    );
    return ids.sessionId;
  }

  async #drop(sessionId: string, reason: DropReason, graceMs: number): Promise<void> {
    this.#at += SECOND_MS;
    const asked = { sessionId, reason, graceMs };
    await this.#append(GATEWAY, (command) =>
      dropSession.decide({ ...command, ...asked }, this.#presence, undefined),
    );
  }

  async #append(
    actor: string,
    decide: (command: {
      username: string;
      actor: string;
      date: string;
    }) => ReturnType<typeof openSession.decide>,
  ): Promise<void> {
    const decision = decide({ username: this.#username, actor, date: new Date(this.#at).toISOString() });
    const events = decision.outcome === 'accepted' ? decision.events : [];
    if (events.length === 0) return;
    const commandId = randomUUID();
    const written = events.map((event): NewEvent<PresenceEvent> => {
      const metadata = {
        commandId,
        correlationId: commandId,
        causationId: commandId,
        actor,
        schemaVersion: '1',
      };
      return { id: randomUUID(), event, metadata };
    });
    const stream = streamOf('presence', this.#username);
    const { outcome } = await this.#store.append(stream, this.#revision, written);
    if (outcome !== 'appended') throw new Error(`${stream}: ${outcome}`);
    this.#revision += events.length;
    this.#presence = events.reduce(evolvePresence, this.#presence);
  }
}
