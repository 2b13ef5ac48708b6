import type { Notification } from '../../protocol/http-resources.ts';
import type { EventFrame } from '../../protocol/server-frames.ts';

/** What lists and clients have in common of a notification. */
export interface Noted {
  readonly id: string;
  readonly action: Notification['action'];
  readonly date: string;
  readonly is_read: boolean;
}

/** A client that has loaded the list once, newest first, and has gone by frames since. */
export class NotificationClient {
  list: readonly Noted[];

  constructor(list: readonly Noted[] = []) {
    this.list = list;
  }

  receive({ action, data }: EventFrame): void {
    if (action === 'new_friend' || action === 'new_tournament' || action === 'game_invite') {
      this.list = [{ id: data.id, action, date: data.date, is_read: false }, ...this.list];
    } else if (action === 'notification_updated') {
      const { id, is_read, status, date } = data;
      const isMeant = (noted: Noted) =>
        id === null ? date !== undefined && noted.date <= date : noted.id === id;
      this.list = this.list
        .filter((noted) => !(isMeant(noted) && status !== undefined))
        .map((noted) => (isMeant(noted) && is_read !== undefined ? { ...noted, is_read } : noted));
    }
  }
}

export const notedOf = ({ id, action, data, is_read }: Notification): Noted => ({
  id,
  action,
  date: data.date,
  is_read,
});
