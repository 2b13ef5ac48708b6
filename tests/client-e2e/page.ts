import { createRally } from '../../client/create-rally.ts';
import { JumpingClock } from './jumping-clock.ts';
import { STEPS } from './steps.ts';
import type { Deed, OpenRally, Tab, Told, World } from './world.ts';

declare global {
  interface Window {
    openRally: OpenRally;
    runStep: (name: string) => Promise<void>;
    outside: (deed: Deed) => Promise<Told>;
  }
}

/** A tab is a frame of its own: with its own sockets and events, and with the storage, locks and cookies of all. */
class PageWorld implements World {
  readonly clock = new JumpingClock();
  readonly storage = {
    getItem: (key: string) => localStorage.getItem(key),
    setItem: (key: string, value: string) => localStorage.setItem(key, value),
    removeItem: (key: string) => localStorage.removeItem(key),
    keys: () => Object.keys(localStorage),
  };

  async openTab({ hasLocks = true } = {}): Promise<Tab> {
    const frame = document.createElement('iframe');
    frame.src = '/suite';
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
    document.body.append(frame);
    await loaded;
    if (!frame.contentWindow) throw new Error('the frame has no window');
    const { now, setTimer } = this.clock;
    const rally = frame.contentWindow.openRally({ now, setTimer, ...(!hasLocks && { locks: null }) });
    return { rally, close: () => frame.remove() };
  }

  outside(deed: Deed): Promise<Told> {
    return window.outside(deed);
  }
}

window.openRally = (environment = {}) => createRally({ environment });

window.runStep = async (name) => {
  const step = STEPS.get(name);
  if (!step) throw new Error(`no step ${name}`);
  await step(new PageWorld());
};
