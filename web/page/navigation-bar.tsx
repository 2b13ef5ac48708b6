import { Avatar } from '../kit/avatar.tsx';
import { Badge } from '../kit/badge.tsx';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { Icon, type IconName } from '../kit/icon.tsx';
import { Link } from '../kit/link.tsx';
import { useReadable } from '../kit/readable.ts';
import type { Route } from '../kit/routes.ts';
import { useRally } from '../kit/surroundings.ts';
import { NotificationButton } from '../notifications/notification-button.tsx';

/** The way to every page, with what waits there: at the side, or at the foot of a phone. */
export function NavigationBar({ route }: { readonly route: Route | null }) {
  const words = useWords(WORDS);
  const { stores } = useRally();
  const me = useReadable(stores.me);
  const unread = me?.unread_messages_count ?? 0;
  const invitations = useReadable(stores.duel.invitations).length;
  const current = (page: Route['page']) => (route?.page === page ? 'page' : undefined);
  const entry = (page: 'chat' | 'duel' | 'tournaments', icon: IconName, label: string, waiting = 0) => (
    <Link class="navigation-entry" to={{ page }} aria-current={current(page)}>
      <span class="navigation-icon">
        <Icon name={icon} />
      </span>
      <span class="navigation-label">{label}</span>
      {waiting > 0 && <Badge count={waiting} label={words.waiting(waiting)} />}
    </Link>
  );
  return (
    <nav class="navigation" aria-label={words.navigation}>
      <Link class="brand" to={{ page: 'chat' }} aria-label="Rally">
        <img src="/icon.svg" alt="" width="32" height="32" />
      </Link>
      {entry('chat', 'chat', words.chats, unread)}
      {entry('duel', 'duel', words.duel, invitations)}
      {entry('tournaments', 'trophy', words.tournaments)}
      <NotificationButton isCurrent={route?.page === 'notifications'} />
      <Link
        class="navigation-entry navigation-self"
        to={{ page: 'settings' }}
        aria-current={current('settings')}
      >
        <span class="navigation-icon">{me ? <Avatar of={me} size="small" /> : <Icon name="settings" />}</span>
        <span class="navigation-label">{words.you}</span>
      </Link>
    </nav>
  );
}

const WORDS = dictionary({
  en: {
    navigation: 'Rally',
    chats: 'Chats',
    duel: 'Duel',
    tournaments: 'Tournaments',
    you: 'You',
    waiting: (count: number) => `, ${count} new`,
  },
  fr: {
    navigation: 'Rally',
    chats: 'Discussions',
    duel: 'Duel',
    tournaments: 'Tournois',
    you: 'Vous',
    waiting: (count: number) => `, ${count} ${count > 1 ? 'nouveaux' : 'nouveau'}`,
  },
});
