import type { Rally } from '../../client/index.ts';

/** Says in the tab itself, by its title and icon, how many messages and notifications wait. */
export function markWaiting({ stores: { me } }: Rally): void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const show = () => {
    const self = me.get();
    const waiting = self ? self.unread_messages_count + self.unread_notifications_count : 0;
    document.title = waiting > 0 ? `(${waiting}) Rally` : 'Rally';
    icon?.setAttribute('href', waiting > 0 ? '/icon-unread.svg' : '/icon.svg');
  };
  me.subscribe(show);
}
