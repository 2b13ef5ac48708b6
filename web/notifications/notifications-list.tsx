/** All notifications, or the unread ones. */
export function NotificationsList() {
  return <p>…</p>;
}
