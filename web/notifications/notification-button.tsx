import { useId, useMemo, useRef, useState } from 'preact/hooks';
import { Badge } from '../kit/badge.tsx';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { Icon } from '../kit/icon.tsx';
import { Link } from '../kit/link.tsx';
import { useReadable } from '../kit/readable.ts';
import { type Surroundings, SurroundingsContext, useSurroundings } from '../kit/surroundings.ts';
import { NotificationsList } from './notifications-list.tsx';

/** The bell with how many are unread, and the list that it opens beside it. Where there is little room, it leads to the page. */
export function NotificationButton({ isCurrent = false }: { readonly isCurrent?: boolean }) {
  const words = useWords(WORDS);
  const surroundings = useSurroundings();
  const unread = useReadable(surroundings.rally.stores.notifications.unreadCount) ?? 0;
  const id = useId();
  const panel = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  const within = useMemo(
    () => closedByLeaving(surroundings, () => panel.current?.hidePopover()),
    [surroundings],
  );
  const label = (
    <>
      <span class="navigation-icon">
        <Icon name="bell" />
      </span>
      <span class="navigation-label">{words.title}</span>
      {unread > 0 && <Badge count={unread} label={words.unread(unread)} />}
    </>
  );
  return (
    <>
      <Link
        class="navigation-entry notifications-link"
        to={{ page: 'notifications' }}
        aria-current={isCurrent ? 'page' : undefined}
      >
        {label}
      </Link>
      <button
        type="button"
        class="navigation-entry notifications-open"
        popovertarget={id}
        aria-expanded={isOpen}
      >
        {label}
      </button>
      <div
        id={id}
        ref={panel}
        popover="auto"
        class="notifications-panel"
        role="dialog"
        aria-label={words.title}
        onToggle={(event) => setOpen(event.newState === 'open')}
      >
        {isOpen && (
          <SurroundingsContext.Provider value={within}>
            <NotificationsList />
          </SurroundingsContext.Provider>
        )}
      </div>
    </>
  );
}

const closedByLeaving = (surroundings: Surroundings, close: () => void): Surroundings => ({
  ...surroundings,
  navigation: {
    href: (route) => surroundings.navigation.href(route),
    go(route) {
      close();
      surroundings.navigation.go(route);
    },
  },
});

const WORDS = dictionary({
  en: { title: 'Notifications', unread: (count: number) => `, ${count} unread` },
  fr: {
    title: 'Notifications',
    unread: (count: number) => `, ${count} ${count > 1 ? 'non lues' : 'non lue'}`,
  },
});
