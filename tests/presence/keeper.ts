import { idleSessions } from '../../housekeeping/idle-sessions.ts';
import { LostGateways } from '../../housekeeping/lost-gateways.ts';
import { dueDepartures } from '../../housekeeping/presence.ts';
import type { Due, ToDoList } from '../../housekeeping/to-do-list.ts';
import type { Clock } from '../../platform/clock.ts';
import type { MemoryLog } from '../support/memory-log.ts';
import { LIMIT_MS } from './any-schedule.ts';
import { listed } from './listed.ts';

export interface KeeperOptions {
  /** Gateways that nobody has expelled. */
  readonly members: ReadonlySet<string>;
  /** By sign-in. */
  readonly lastSeen: Map<string, Date>;
  readonly log: MemoryLog;
  readonly clock: Clock;
}

/** How many lists there are. */
export const LISTS = 3;

/** One who keeps house, by the real lists, on read models that may be some events behind the log. */
export class Keeper {
  readonly #options: KeeperOptions;
  readonly #gateways: LostGateways;
  readonly #lists: readonly ToDoList[];
  #lag = 0;

  constructor(options: KeeperOptions) {
    this.#options = options;
    const { members, lastSeen, clock } = options;
    const readModels: ReturnType<typeof listed> = {
      sessionGateways: () => this.#listed().sessionGateways(),
      sessionsOfGateway: (page) => this.#listed().sessionsOfGateway(page),
      sessions: (page) => this.#listed().sessions(page),
      dueDepartures: (page) => this.#listed().dueDepartures(page),
    };
    const seen = {
      read: async (keys: readonly string[]) => new Map([...lastSeen].filter(([key]) => keys.includes(key))),
      async deleteBefore(date: Date) {
        for (const [key, at] of lastSeen) if (at < date) lastSeen.delete(key);
      },
    };
    const watch = { look: async () => new Set(members) };
    this.#gateways = new LostGateways({ watch, readModels, clock });
    this.#lists = [
      this.#gateways.sessions,
      dueDepartures(readModels),
      idleSessions({ readModels, lastSeen: seen, limitMs: LIMIT_MS, everyMs: 0 }),
    ];
  }

  /** Which gateways are lost. */
  async look(lag: number): Promise<void> {
    this.#lag = lag;
    const election = { isElected: async () => true, heldMs: Number.POSITIVE_INFINITY };
    await this.#gateways.watching({ election, signal: new AbortController().signal, onLooked() {} });
  }

  /** All that is due on one of the lists. */
  async pages(which: number, lag: number): Promise<(readonly Due[])[]> {
    this.#lag = lag;
    const pages: (readonly Due[])[] = [];
    const list = this.#lists[which % LISTS];
    if (list) for await (const page of list.pages(this.#options.clock())) pages.push(page);
    return pages;
  }

  #listed() {
    const { events } = this.#options.log;
    return listed(events.slice(0, Math.max(0, events.length - this.#lag)));
  }
}
