import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Notification } from '../../client/index.ts';
import { useAction } from '../kit/action.ts';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { EmptyState, LoadFailed, LoadingRows } from '../kit/empty-state.tsx';
import { EndOfList } from '../kit/end-of-list.tsx';
import { useKeptFocus } from '../kit/kept-focus.ts';
import { Problem } from '../kit/problem.tsx';
import { useReadable } from '../kit/readable.ts';
import { useRally } from '../kit/surroundings.ts';
import { TabBar } from '../kit/tab-bar.tsx';
import { type EndedItem, withEnded } from './ended-items.ts';
import { NotificationListItem } from './notification-list-item.tsx';

const TABS = ['all', 'unread'] as const;

/** All notifications, or the unread ones. */
export function NotificationsList() {
  const words = useWords(WORDS);
  const { notifications } = useRally().stores;
  const [tab, setTab] = useState<(typeof TABS)[number]>('all');
  const panel = useId();
  const unread = useReadable(notifications.unreadCount) ?? 0;
  const markAll = useAction(() => notifications.markAllRead());
  return (
    <div class="notifications">
      <header class="notifications-head">
        <h1>{words.title}</h1>
        <button
          type="button"
          class="button is-small"
          aria-disabled={unread === 0}
          aria-busy={markAll.isRunning}
          onClick={() => unread > 0 && markAll.run()}
        >
          {words.markAll}
        </button>
      </header>
      <TabBar
        label={words.which}
        tabs={TABS}
        nameOf={(one) => (one === 'all' ? words.all : words.unread(unread))}
        chosen={tab}
        panel={panel}
        onChoose={(one) => setTab(one)}
      />
      <Problem error={markAll.error} />
      <div id={panel} role="tabpanel" aria-label={tab === 'all' ? words.all : words.unread(0)}>
        <Items key={tab} unreadOnly={tab === 'unread'} unreadCount={unread} />
      </div>
    </div>
  );
}

interface ItemsProps {
  readonly unreadOnly: boolean;
  readonly unreadCount: number;
}

/**
 * Both lists are parts of the one that the store keeps right: of the unread ones, as many pages are loaded as it takes to find
 * them. What is read or ends while somebody looks stays where it is until the list is opened again.
 */
function Items({ unreadOnly, unreadCount }: ItemsProps) {
  const words = useWords(WORDS);
  const { notifications } = useRally().stores;
  const { items, status, error, hasMore } = useReadable(notifications);
  const ended = useEnded(items);
  const list = useKeptFocus<HTMLUListElement>();
  const wereUnread = useRef(new Set<string>());
  for (const { id, is_read } of items) if (!is_read) wereUnread.current.add(id);
  const wanted = withEnded(items, ended).filter(({ item }) => !unreadOnly || wereUnread.current.has(item.id));
  const found = items.filter(({ is_read }) => !is_read).length;
  const goesOn = hasMore && (!unreadOnly || found < unreadCount);
  const isLoading = status === 'loading' || status === 'not_loaded';
  return (
    <>
      <ul ref={list} tabIndex={-1} class="notification-items" aria-label={words.title}>
        {wanted.map(({ item, status }) => (
          <NotificationListItem key={item.id} item={item} status={status} />
        ))}
      </ul>
      {status === 'failed' && <LoadFailed error={error} onRetry={() => void notifications.loadMore()} />}
      {isLoading && <LoadingRows count={wanted.length > 0 ? 1 : 4} />}
      {status === 'loaded' && goesOn && <EndOfList onNear={() => void notifications.loadMore()} />}
      {status === 'loaded' && !goesOn && wanted.length === 0 && (
        <EmptyState icon="bell" title={unreadOnly ? words.noneUnread : words.none} />
      )}
    </>
  );
}

/** What has been listed here, and has ended since. */
function useEnded(items: readonly Notification[]): ReadonlyMap<string, EndedItem> {
  const { live } = useRally();
  const [ended, setEnded] = useState<ReadonlyMap<string, EndedItem>>(new Map());
  const listed = useRef(new Map<string, Notification>());
  for (const item of items) listed.current.set(item.id, item);
  useEffect(
    () =>
      live.on('notification_updated', ({ data: { id, status } }) => {
        const item = id === null ? undefined : listed.current.get(id);
        if (!item || status === undefined || status === 'open' || status === 'pending') return;
        setEnded((before) => new Map(before).set(item.id, { item: { ...item, is_read: true }, status }));
      }),
    [live],
  );
  return ended;
}

const WORDS = dictionary({
  en: {
    title: 'Notifications',
    which: 'Which notifications',
    all: 'All',
    unread: (count: number) => (count > 0 ? `Unread (${count})` : 'Unread'),
    markAll: 'Mark all as read',
    none: 'Nothing has happened yet. New friends, invitations and tournaments are told here.',
    noneUnread: 'You have read everything.',
  },
  fr: {
    title: 'Notifications',
    which: 'Quelles notifications',
    all: 'Toutes',
    unread: (count: number) => (count > 0 ? `Non lues (${count})` : 'Non lues'),
    markAll: 'Tout marquer comme lu',
    none: 'Rien de nouveau. Amis, invitations et tournois sont annoncés ici.',
    noneUnread: 'Vous avez tout lu.',
  },
});
