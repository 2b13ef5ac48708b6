import WebSocket from 'ws';
import { createRally } from '../../client/create-rally.ts';
import type { Environment } from '../../client/environment.ts';
import { ForgivingStorage } from '../../client/forgiving-storage.ts';
import { nodeEnvironment } from '../../client/node.ts';
import { FakeBrowser, type FakeTab } from '../client/fake-environment.ts';
import { JumpingClock } from './jumping-clock.ts';
import type { Deed, Tab, Told, World } from './world.ts';

/** What a browser does to its tabs. */
export interface BrowserDeeds {
  network(isThere: boolean): Promise<void>;
  /** Nothing of the tabs runs until `meanwhile` is done. */
  whileFrozen(meanwhile: () => Promise<void>): Promise<void>;
}

/** Tabs in this process, with real cookies and sockets, and what Node has not got beside. */
export class NodeWorld implements World, BrowserDeeds {
  readonly clock = new JumpingClock();
  readonly storage: World['storage'];
  readonly outside: World['outside'];
  readonly #url: string;
  readonly #browser = new FakeBrowser();
  readonly #node: Environment = nodeEnvironment({ WebSocket });
  readonly #open = new Map<FakeTab, Tab>();
  /** What would have run in a frozen tab. */
  readonly #delayed: (() => void)[] = [];
  #isThere = true;

  constructor(url: string, outside: (world: BrowserDeeds, deed: Deed) => Promise<Told>) {
    this.#url = url;
    this.outside = (deed) => outside(this, deed);
    this.storage = new ForgivingStorage(this.#browser.newTab().environment.storage);
  }

  async openTab({ hasLocks = true } = {}): Promise<Tab> {
    const fake = this.#browser.newTab();
    const { storage, locks, wakeUps } = fake.environment;
    const { fetch, newId, random, readCookie } = this.#node;
    const whenThawed = (run: () => void) => (fake.isFrozen ? void this.#delayed.push(run) : run());
    const environment: Environment = {
      ...{ newId, random, readCookie, storage, wakeUps },
      locks: hasLocks ? locks : null,
      now: this.clock.now,
      setTimer: (callback, ms) => this.clock.setTimer(() => whenThawed(callback), ms),
      fetch: (url, init) => (this.#isThere ? fetch(url, init) : Promise.reject(new TypeError('no network'))),
      openSocket: (url, protocols, listener) => {
        if (!this.#isThere) throw new TypeError('no network');
        return this.#node.openSocket(url, protocols, {
          opened: () => whenThawed(() => listener.opened()),
          message: (data) => whenThawed(() => listener.message(data)),
          closed: (code) => whenThawed(() => listener.closed(code)),
        });
      },
    };
    const rally = createRally({ url: this.#url, environment });
    const tab: Tab = {
      rally,
      close: () => {
        rally.stop();
        fake.crash();
        this.#open.delete(fake);
      },
    };
    this.#open.set(fake, tab);
    return tab;
  }

  async network(isThere: boolean): Promise<void> {
    this.#isThere = isThere;
    for (const fake of this.#open.keys()) {
      fake.isOnline = isThere;
      await fake.wake(isThere ? 'online' : 'offline');
    }
  }

  async whileFrozen(meanwhile: () => Promise<void>): Promise<void> {
    for (const fake of this.#open.keys()) fake.isFrozen = true;
    await meanwhile();
    for (const fake of this.#open.keys()) fake.isFrozen = false;
    for (const run of this.#delayed.splice(0)) run();
    for (const fake of this.#open.keys()) await fake.wake('thawed');
  }

  close(): void {
    for (const tab of [...this.#open.values()]) tab.close();
  }
}
