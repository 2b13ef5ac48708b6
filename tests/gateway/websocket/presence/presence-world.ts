import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect } from 'vitest';
import type { PresenceTab } from '../../../../gateway/websocket/presence/presence-listener.ts';
import { PresencePushes } from '../../../../gateway/websocket/presence/presence-pushes.ts';
import type { WatchList } from '../../../../gateway/websocket/presence/watch-lists.ts';
import type { CloseCodeName } from '../../../../protocol/close-codes.ts';
import { encodePresence } from '../../../../protocol/presence-states.ts';
import { PRESENCE } from '../../../../protocol/subjects.ts';
import { decodeLines, encodeLine } from '../../../support/encoded-lines.ts';
import { createTestBus, type TestBus } from '../test-bus.ts';

export const TABS = 4;
export const USERS = 900;
export const BOARD_LIMIT = 700;
export const PER_SECOND = 200;
const EPOCH = 1n;
const LOG = '7';

/** What a tab has been told, and what it must have been told in the end. */
export class WatchfulTab implements PresenceTab {
  readonly id: string;
  isWelcomed = false;
  isStalled = false;
  closedWith: CloseCodeName | null = null;
  list: { readonly users: readonly string[]; readonly made: WatchList; filled: boolean } | null = null;
  readonly since: number;
  readonly told = new Map<string, number>();
  /** That it was sent. */
  frames = 0;
  readonly #sent: { readonly at: number; readonly count: number }[] = [];
  readonly #left: () => void;

  /** `since`: changes later than that one are its to hear. */
  constructor(id: string, since: number, left: () => void) {
    this.id = id;
    this.since = since;
    this.#left = left;
  }

  unsentBytes(): number {
    return this.isStalled ? 1 : 0;
  }

  sendEncoded(encoded: readonly Buffer[]): void {
    expect(this).toMatchObject({ isWelcomed: true, isStalled: false, closedWith: null });
    const lines = decodeLines(encoded);
    this.frames += lines.length;
    for (const line of lines) {
      const [user = '', change] = line.split(' ');
      expect(Number(change)).toBeGreaterThanOrEqual(this.told.get(user) ?? 0);
      this.told.set(user, Number(change));
    }
    const now = performance.now();
    this.#sent.push({ at: now, count: lines.length });
    const inSecond = this.#sent.filter(({ at }) => now - at <= 1000);
    expect(inSecond.reduce((sum, sent) => sum + sent.count, 0)).toBeLessThanOrEqual(PER_SECOND);
  }

  close(name: CloseCodeName): void {
    this.closedWith = name;
    this.#left();
  }
}

/** A gateway's presence without its sockets: whatever is published is heard at once. */
export class World {
  readonly tabs: (WatchfulTab | null)[] = Array(TABS).fill(null);
  readonly slow: WatchfulTab[] = [];
  readonly changes: string[] = [];
  readonly newest = new Map<string, number>();
  readonly bus: TestBus = createTestBus();
  readonly pushes: PresencePushes;

  constructor() {
    this.pushes = new PresencePushes({
      bus: this.bus,
      leader: { published: async () => null },
      projected: { waitFor: async () => true },
      presenceSince: () => Promise.reject(new Error('nothing gets lost')),
      encodeText: encodeLine,
      registry: new Registry(),
      logger: pino({ level: 'silent' }),
      boardLimit: BOARD_LIMIT,
    });
  }

  async change(asked: { readonly from: number; readonly count: number }): Promise<void> {
    const states = usersOf(asked).map((userKey) => {
      this.changes.push(userKey);
      const change = this.changes.length;
      this.newest.set(userKey, change);
      const cursor = { position: BigInt(change), ordinal: 0, log: LOG };
      return { userKey, cursor, text: `${userKey} ${change}` };
    });
    this.bus.publish(PRESENCE, encodePresence(EPOCH, states));
    await heard();
    expect(this.pushes.size.pendingUsers).toBeLessThanOrEqual(BOARD_LIMIT);
  }

  async join(index: number): Promise<void> {
    if (this.tabs[index]) return;
    const tab: WatchfulTab = new WatchfulTab(`tab ${index}`, this.changes.length, () => {
      this.slow.push(tab);
      this.leave(index);
    });
    this.tabs[index] = tab;
    await this.pushes.join(tab);
    const upTo = { position: BigInt(this.changes.length), ordinal: 999, log: LOG };
    expect(this.pushes.admits(tab, { upTo, epoch: EPOCH })).toBe(true);
  }

  leave(index: number): void {
    const tab = this.tabs[index];
    if (tab) this.pushes.leave(tab);
    this.tabs[index] = null;
  }

  watch(index: number, users: readonly string[]): void {
    const tab = this.tabs[index];
    const made = tab && this.pushes.watch(tab.id, new Set(users));
    if (tab && made) tab.list = { users, made, filled: false };
  }

  fill(tab: WatchfulTab | null): void {
    if (!tab?.list || tab.list.filled) return;
    tab.list.filled = true;
    const states = tab.list.users.map((userKey) => ({
      userKey,
      text: `${userKey} ${this.newest.get(userKey) ?? 0}`,
    }));
    this.pushes.fill(tab.list.made, states, BigInt(this.changes.length));
  }

  /** What the tab does not know in the end. */
  unknownTo({ list, since, told }: WatchfulTab): string[] {
    const isWrong = (user: string) => told.get(user) !== (this.newest.get(user) ?? 0);
    if (list) return list.users.filter(isWrong);
    return [...this.newest].flatMap(([user, change]) => (change > since && isWrong(user) ? [user] : []));
  }
}

export const usersOf = ({ from, count }: { readonly from: number; readonly count: number }): string[] =>
  Array.from({ length: count }, (_, index) => `user${(from + index) % USERS}`);

export const heard = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
