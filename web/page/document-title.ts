import { effect } from '@preact/signals';
import type { Rally } from '../../client/index.ts';
import { toSignal } from '../../client/signals.ts';
import { dictionary } from '../kit/dictionary.ts';
import type { Language } from '../kit/language.ts';
import type { Route } from '../kit/routes.ts';
import type { Address } from './address.ts';
import type { Preferences } from './preferences.ts';

/** Says in the tab itself what it shows, and by its title and icon how many messages and notifications wait. */
export function nameDocument({ stores }: Rally, { route }: Address, { language }: Preferences): void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const me = toSignal(stores.me);
  effect(() => {
    const self = me.value;
    const waiting = self ? self.unread_messages_count + self.unread_notifications_count : 0;
    const name = self ? nameOf(route.value, language.value) : null;
    document.title = `${waiting > 0 ? `(${waiting}) ` : ''}${name === null ? '' : `${name} · `}Rally`;
    icon?.setAttribute('href', waiting > 0 ? '/icon-unread.svg' : '/icon.svg');
  });
}

function nameOf(route: Route | null, language: Language): string | null {
  if (route === null) return null;
  if ('username' in route && route.username !== undefined) return route.username;
  return WORDS[language][route.page];
}

const WORDS = dictionary({
  en: {
    chat: 'Chats',
    user: 'Profile',
    notifications: 'Notifications',
    duel: 'Duel',
    tournaments: 'Tournaments',
    settings: 'You',
  },
  fr: {
    chat: 'Discussions',
    user: 'Profil',
    notifications: 'Notifications',
    duel: 'Duel',
    tournaments: 'Tournois',
    settings: 'Vous',
  },
});
