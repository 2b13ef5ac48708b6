import type { Preferences } from './preferences.ts';

/** What has happened, for somebody who looks elsewhere. */
export interface Note {
  /** Another one with the same key takes its place. */
  readonly key: string;
  readonly said: string;
}

export interface BrowserNotifications {
  start(): void;
  /** Shows it by the system, when somebody has asked for that and looks at no tab of ours: once, however many tabs hear of it. */
  tell(note: Note): Promise<void>;
}

/** Held by one tab: the one that tells. */
const TELLS = 'rally.page.tells';
/** Held by every tab that is seen. */
const SEEN = 'rally.page.seen';

/** Web Locks say which tab it is; where there are none (no secure context), there are no notifications either. */
export function createBrowserNotifications({ wantsNotifications }: Preferences): BrowserNotifications {
  const { locks } = navigator;
  let tells = false;
  return {
    start() {
      void locks?.request(TELLS, () => {
        tells = true;
        // For as long as the tab lives.
        return new Promise(() => {});
      });
      holdWhileSeen(locks);
    },
    async tell({ key, said }) {
      if (!tells || wantsNotifications.value !== 'yes' || Notification.permission !== 'granted') return;
      const { held = [] } = await locks.query();
      if (held.some(({ name }) => name === SEEN)) return;
      const notification = new Notification('Rally', { body: said, tag: key, icon: '/icon.svg' });
      notification.onclick = () => {
        window.focus();
        notification.close();
      };
    },
  };
}

function holdWhileSeen(locks: LockManager | undefined): void {
  let release = () => {};
  const follow = () => {
    release();
    if (document.visibilityState !== 'visible') return;
    void locks?.request(
      SEEN,
      { mode: 'shared' },
      () =>
        new Promise<void>((resolve) => {
          release = resolve;
        }),
    );
  };
  document.addEventListener('visibilitychange', follow);
  follow();
}
