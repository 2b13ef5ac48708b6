import type { ComponentChildren } from 'preact';
import type { Notification } from '../../client/index.ts';
import { GameOptions } from '../duel/game-options-form.tsx';
import { InvitationAnswer } from '../duel/invitation-answer.tsx';
import { Avatar } from '../kit/avatar.tsx';
import { useDates } from '../kit/dates.ts';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { Link } from '../kit/link.tsx';
import type { Route } from '../kit/routes.ts';
import { useRally } from '../kit/surroundings.ts';
import type { EndedStatus } from './ended-items.ts';

interface NotificationListItemProps {
  readonly item: Notification;
  /** How it has ended; null: it has not. */
  readonly status: EndedStatus | null;
}

/** What happened, and what one can do about it. Whoever does something about it has read it. */
export function NotificationListItem({ item, status }: NotificationListItemProps) {
  const words = useWords(WORDS);
  const dates = useDates();
  const { notifications } = useRally().stores;
  const date = new Date(item.data.date);
  // Without a connection it stays unread, and can be marked later.
  const read = () => {
    if (!item.is_read) notifications.markRead(item.id).catch(() => {});
  };
  const isUnread = !item.is_read && status === null;
  return (
    <li class={isUnread ? 'notification is-unread' : 'notification'}>
      <Avatar of={item.data} />
      <div class="notification-body">
        <What item={item} onFollowed={read} />
        <p class="notification-more">
          <time dateTime={item.data.date} title={dates.full(date)}>
            {dates.short(date, new Date())}
          </time>
          {status !== null && <span class="notification-status">{words.ended[status]}</span>}
        </p>
        {status === null && item.action === 'game_invite' && (
          <InvitationAnswer inviter={item.data.username} />
        )}
      </div>
      {isUnread && (
        <button
          type="button"
          class="notification-mark"
          aria-label={words.markRead}
          title={words.markRead}
          onClick={read}
        />
      )}
    </li>
  );
}

function What({ item, onFollowed }: { readonly item: Notification; onFollowed(): void }) {
  const words = useWords(WORDS);
  const { username, nickname } = item.data;
  const link = (to: Route, children: ComponentChildren) => (
    <Link class="notification-link" to={to} onLeave={onFollowed}>
      {children}
    </Link>
  );
  const somebody = link({ page: 'user', username }, <bdi>{nickname}</bdi>);
  switch (item.action) {
    case 'new_friend':
      return <p>{words.newFriend(somebody)}</p>;
    case 'game_invite':
      return (
        <>
          <p>{words.invitation(somebody)}</p>
          <GameOptions settings={item.data.settings} />
        </>
      );
    case 'new_tournament': {
      const { tournament_id: id, tournament_name: name, status } = item.data;
      return (
        <>
          <p>{words.tournament(somebody, <bdi>{name}</bdi>)}</p>
          {status === 'open' && (
            <p>
              <Link class="button is-small" to={{ page: 'tournaments', id }} onLeave={onFollowed}>
                {words.participate}
              </Link>
            </p>
          )}
        </>
      );
    }
  }
}

const WORDS = dictionary({
  en: {
    newFriend: (somebody: ComponentChildren) => <>{somebody} has added you as a friend.</>,
    invitation: (somebody: ComponentChildren) => <>{somebody} invites you to a duel.</>,
    tournament: (somebody: ComponentChildren, name: ComponentChildren) => (
      <>
        {somebody} announces the tournament {name}.
      </>
    ),
    participate: 'Participate',
    markRead: 'Mark as read',
    ended: {
      closed: 'Closed',
      accepted: 'Accepted',
      declined: 'Declined',
      cancelled: 'Cancelled',
      expired: 'Expired',
    },
  },
  fr: {
    newFriend: (somebody: ComponentChildren) => <>{somebody} vous a ajouté à ses amis.</>,
    invitation: (somebody: ComponentChildren) => <>{somebody} vous invite à un duel.</>,
    tournament: (somebody: ComponentChildren, name: ComponentChildren) => (
      <>
        {somebody} annonce le tournoi {name}.
      </>
    ),
    participate: 'Participer',
    markRead: 'Marquer comme lu',
    ended: {
      closed: 'Fermé',
      accepted: 'Acceptée',
      declined: 'Refusée',
      cancelled: 'Annulée',
      expired: 'Expirée',
    },
  },
});
