import { effect } from '@preact/signals';
import type { Rally } from '../../client/index.ts';
import { Announcer } from '../kit/announcer.tsx';
import { Toasts } from '../kit/toasts.tsx';
import { type Address, createAddress } from './address.ts';
import { type BrowserNotifications, createBrowserNotifications } from './browser-notifications.ts';
import { nameDocument } from './document-title.ts';
import { createPreferences, type Preferences } from './preferences.ts';

/** All that the page is made of, beside what it shows. */
export interface Page {
  readonly rally: Rally;
  readonly address: Address;
  readonly preferences: Preferences;
  readonly announcer: Announcer;
  readonly toasts: Toasts;
  readonly notifications: BrowserNotifications;
  /** The gateway writes it into the document. */
  readonly gameUrl: string | null;
  start(): void;
}

export function createPage(rally: Rally): Page {
  const address = createAddress();
  const preferences = createPreferences();
  const notifications = createBrowserNotifications(preferences);
  return {
    rally,
    address,
    preferences,
    announcer: new Announcer(() => preferences.language.value),
    toasts: new Toasts(),
    notifications,
    gameUrl: document.querySelector<HTMLMetaElement>('meta[name="rally-game-url"]')?.content ?? null,
    start() {
      effect(() => {
        document.documentElement.dataset.theme = preferences.theme.value;
        document.documentElement.lang = preferences.language.value;
      });
      address.start();
      notifications.start();
      nameDocument(rally, address, preferences);
      rally.start();
    },
  };
}
