/** The bell with how many are unread, and the list that it opens. */
export function NotificationButton() {
  return null;
}
