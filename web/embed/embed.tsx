import { Chat } from '../chat/chat.tsx';
import type { Route } from '../kit/routes.ts';
import { Later } from './later.tsx';
import { RallyElement } from './rally-element.tsx';

/** `<rally-chat user="ann">`: conversations, and the one with `user`, which changes as somebody chooses another one. */
class RallyChat extends RallyElement {
  protected override content() {
    return (
      <Chat
        username={this.getAttribute('user') ?? undefined}
        onChoose={(username) => {
          if (username === null) this.removeAttribute('user');
          else this.setAttribute('user', username);
        }}
      />
    );
  }

  protected override goesTo(route: Route): boolean {
    if (route.page !== 'chat' || route.username === undefined) return false;
    this.setAttribute('user', route.username);
    return true;
  }
}

/** `<rally-notifications>`: all of them, or the unread ones. */
class RallyNotifications extends RallyElement {
  protected override content() {
    return <Later load={loadNotifications} />;
  }
}

/** `<rally-duel>`: invite somebody, answer who invites, and play. */
class RallyDuel extends RallyElement {
  protected override content() {
    return <Later load={loadDuel} />;
  }

  protected override goesTo({ page }: Route): boolean {
    return page === 'duel';
  }
}

const loadNotifications = async () =>
  (await import('../notifications/notifications-list.tsx')).NotificationsList;

const loadDuel = async () => (await import('../duel/duel-page.tsx')).DuelPage;

customElements.define('rally-chat', RallyChat);
customElements.define('rally-notifications', RallyNotifications);
customElements.define('rally-duel', RallyDuel);
