import type { ComponentChildren } from 'preact';
import { Chat } from '../chat/chat.tsx';
import { useDraftsUntilLogOut } from '../chat/drafts.ts';
import { ConnectionBanner } from '../connection/connection-banner.tsx';
import { DuelPage } from '../duel/duel-page.tsx';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { EmptyState } from '../kit/empty-state.tsx';
import { Link } from '../kit/link.tsx';
import type { Route } from '../kit/routes.ts';
import { ToastList } from '../kit/toasts.tsx';
import { News } from '../notifications/news.tsx';
import { NotificationsList } from '../notifications/notifications-list.tsx';
import { ProfilePage } from '../profile/profile-page.tsx';
import { SettingsPage } from '../settings/settings-page.tsx';
import { TournamentsPage } from '../tournaments/tournaments-page.tsx';
import type { Address } from './address.ts';
import type { Page } from './create-page.ts';
import { NavigationBar } from './navigation-bar.tsx';

/** The page of somebody who is signed in. */
export function Member({ page, username }: { readonly page: Page; readonly username: string }) {
  const words = useWords(WORDS);
  const { address, preferences } = page;
  const route = address.route.value;
  useDraftsUntilLogOut(username);
  return (
    <div class="member">
      <a class="skip-link" href="#content">
        {words.skip}
      </a>
      <NavigationBar route={route} />
      <ConnectionBanner />
      <ToastList toasts={page.toasts} />
      <News route={route} onNews={(news) => page.notifications.tell(news)} />
      <main id="content" class="content" tabIndex={-1}>
        {route ? shown(route, address, <SettingsPage preferences={preferences} />) : <NothingHere />}
      </main>
    </div>
  );
}

function shown(route: Route, address: Address, settings: ComponentChildren): ComponentChildren {
  switch (route.page) {
    case 'chat':
      return (
        <Chat
          username={route.username}
          message={route.message}
          onChoose={(username) =>
            address.go(username === null ? { page: 'chat' } : { page: 'chat', username })
          }
        />
      );
    case 'user':
      return <ProfilePage key={route.username} username={route.username} />;
    case 'notifications':
      return <NotificationsList />;
    case 'duel':
      return <DuelPage />;
    case 'tournaments':
      return <TournamentsPage id={route.id} />;
    case 'settings':
      return settings;
  }
}

function NothingHere() {
  const words = useWords(WORDS);
  return (
    <EmptyState icon="search" title={words.nothingHere}>
      <Link class="button" to={{ page: 'chat' }}>
        {words.toChats}
      </Link>
    </EmptyState>
  );
}

const WORDS = dictionary({
  en: {
    skip: 'Skip to the content',
    nothingHere: 'There is nothing at this address.',
    toChats: 'To the chats',
  },
  fr: {
    skip: 'Aller au contenu',
    nothingHere: 'Il n’y a rien à cette adresse.',
    toChats: 'Vers les discussions',
  },
});
