import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { KnownRows } from '../known-rows.ts';
import type { RelationshipRows } from '../relationships/rows.ts';
import type { Database, RoomRows, TableWrite } from '../room.ts';
import type { TournamentRows } from '../tournaments/rows.ts';
import type { UserRows } from '../users/room.ts';
import { type NeededRows, neededBy } from './needed-rows.ts';
import {
  type AnnouncementException,
  type Inbox,
  type NotificationPlace,
  type PersonalNotification,
  readExceptions,
  readExceptionsBeyond,
  readInboxes,
  readNotifications,
  readPositions,
  readUnreadBeyond,
} from './row-reads.ts';
import {
  deleteExceptions,
  deleteNotifications,
  insertExceptions,
  upsertInboxes,
  upsertNotifications,
} from './row-writes.ts';
import { NOTHING_MARKED } from './tables.ts';

/** How many are remembered besides what has changed: some megabytes. */
const REMEMBERED = { inboxes: 20_000, notifications: 5000, exceptions: 5000 };

/** Of the rooms that this one builds on. */
export interface RowsBefore {
  readonly users: UserRows;
  readonly relationships: RelationshipRows;
  readonly tournaments: TournamentRows;
}

/** One that is not listed any more has no row, and is known until that is so. */
type KnownNotification = PersonalNotification & { readonly is_listed: boolean };

/** What the leader holds of notifications and of how far they are read. */
export class NotificationRows implements RoomRows {
  readonly before: RowsBefore;
  readonly #inboxes: KnownRows<string, Inbox>;
  /** By user and place, as exceptions are. */
  readonly #notifications: KnownRows<string, KnownNotification>;
  /** Where those of invitations stand, by the invitation's id: derived from the rows, never written. */
  readonly #invitations: KnownRows<string, bigint>;
  readonly #exceptions: KnownRows<string, AnnouncementException>;
  /** Places of the announcements that were closed since the last write. */
  #closed = new Set<bigint>();
  /** Of each user who marks all as read in this batch, the places of all notifications beyond it that may be unread. */
  #beyond = new Map<string, Set<bigint>>();

  constructor(before: RowsBefore, remembered = REMEMBERED) {
    this.before = before;
    this.#inboxes = new KnownRows(remembered.inboxes);
    this.#notifications = new KnownRows(remembered.notifications);
    this.#invitations = new KnownRows(remembered.notifications);
    this.#exceptions = new KnownRows(remembered.exceptions);
  }

  /** Of a user who was loaded: an empty one, when there is none yet. */
  inbox(user_key: string): Inbox {
    const inbox = this.#inboxes.get(user_key);
    if (!inbox) throw new Error('an inbox that was not loaded');
    return inbox;
  }

  setInbox(inbox: Inbox): void {
    this.#inboxes.set(inbox.user_key, inbox);
  }

  /** undefined: nothing personal is listed for this user there. */
  notification(place: NotificationPlace): PersonalNotification | undefined {
    const known = this.#notifications.get(nameOf(place));
    return known?.is_listed ? known : undefined;
  }

  /** Of an invitation that ends; undefined: nothing is listed for the invitee. */
  notificationOf(invitationId: string, invitee: string): PersonalNotification | undefined {
    const position = this.#invitations.get(invitationId);
    return position === undefined ? undefined : this.notification({ user_key: invitee, position });
  }

  setNotification(notification: PersonalNotification): void {
    const { user_key, position, invitation_id } = notification;
    this.#notifications.set(nameOf(notification), { ...notification, is_listed: true });
    this.#beyond.get(user_key)?.add(position);
    if (invitation_id !== null) this.#invitations.set(invitation_id, position);
  }

  removeNotification(notification: PersonalNotification): void {
    this.#notifications.set(nameOf(notification), { ...notification, is_listed: false });
  }

  /** To this user, the open announcement there is not what it is to everybody. */
  isExcepted(place: NotificationPlace): boolean {
    return this.#exceptions.get(nameOf(place)) !== undefined;
  }

  except(exception: AnnouncementException): void {
    this.#exceptions.set(nameOf(exception), exception);
  }

  /** Takes away what was excepted from it: nobody asks any more. */
  closeAnnouncement(position: bigint): void {
    this.#closed.add(position);
  }

  /** For an `AllNotificationsRead`: personal ones beyond the place that were not read by themselves, in any order. */
  unreadBeyond({ user_key, position }: NotificationPlace): PersonalNotification[] {
    const unread: PersonalNotification[] = [];
    for (const place of this.#beyond.get(user_key) ?? []) {
      const notification = this.notification({ user_key, position: place });
      if (place > position && notification && !notification.is_read) unread.push(notification);
    }
    return unread;
  }

  /** The same of open announcements. */
  unreadAnnouncementsBeyond({ user_key, position }: NotificationPlace) {
    const signedUp = this.before.users.registeredAt(user_key) ?? position;
    return this.before.tournaments
      .openBeyond(position > signedUp ? position : signedUp)
      .filter((announced) => !this.isExcepted({ user_key, position: announced.position }));
  }

  async load(database: Database, events: readonly RecordedEvent[]): Promise<void> {
    const needed = neededBy(events);
    this.#beyond = new Map(Array.from(needed.marks.keys(), (user) => [user, new Set()]));
    if (needed.inboxes.size === 0) return;
    await this.before.users.loadProfiles(database, needed.people);
    await this.before.relationships.loadBlockersOf(database, needed.creators);
    await this.#loadInboxes(database, needed.inboxes);
    await this.#loadNotifications(database, needed);
    await this.#loadExceptions(database, needed);
  }

  async #loadInboxes(database: Database, userKeys: Iterable<string>): Promise<void> {
    const missing = this.#inboxes.missing(userKeys);
    if (missing.length === 0) return;
    for (const inbox of await readInboxes(database, missing)) this.#inboxes.remember(inbox.user_key, inbox);
    for (const user_key of missing) this.#inboxes.remember(user_key, emptyInbox(user_key));
  }

  async #loadNotifications(database: Database, { read, ended, marks }: NeededRows): Promise<void> {
    const missing = missingOf(this.#notifications, [...read, ...(await this.#loadPlaces(database, ended))]);
    if (missing.length > 0)
      for (const found of await readNotifications(database, missing)) this.#remember(found);
    if (marks.size > 0) await this.#loadUnreadBeyond(database, placesOf(marks));
  }

  /** Of invitations, as far as they are older than the batch. */
  async #loadPlaces(database: Database, ended: NeededRows['ended']): Promise<NotificationPlace[]> {
    const missing = this.#invitations.missing(ended.keys());
    if (missing.length > 0)
      for (const { invitation_id, position } of await readPositions(database, missing))
        this.#invitations.remember(invitation_id, position);
    return [...ended].flatMap(([invitationId, user_key]) => {
      const position = this.#invitations.get(invitationId);
      return position === undefined ? [] : [{ user_key, position }];
    });
  }

  #remember(notification: PersonalNotification): void {
    this.#notifications.remember(nameOf(notification), { ...notification, is_listed: true });
  }

  /**
   * What was not written when the database was asked counts as well: nobody knows whether it had it by then. No event is folded
   * meanwhile.
   */
  async #loadUnreadBeyond(database: Database, marks: readonly NotificationPlace[]): Promise<void> {
    const unwritten = this.#notifications.unwritten();
    const written = await readUnreadBeyond(database, marks);
    for (const found of written) this.#remember(found);
    for (const { user_key, position } of [...unwritten, ...written]) {
      this.#beyond.get(user_key)?.add(position);
    }
  }

  async #loadExceptions(database: Database, { read, marks }: NeededRows): Promise<void> {
    const missing = missingOf(this.#exceptions, read);
    const found = missing.length > 0 ? await readExceptions(database, missing) : [];
    const beyond = marks.size > 0 ? await readExceptionsBeyond(database, placesOf(marks)) : [];
    for (const exception of [...found, ...beyond]) this.#exceptions.remember(nameOf(exception), exception);
  }

  /** What was excepted from an announcement that is closed by now is not written any more. */
  takeWrites(): TableWrite[] {
    const closed = this.#closed;
    this.#closed = new Set();
    this.#invitations.take();
    const notifications = this.#notifications.take();
    return [
      upsertInboxes(this.#inboxes.take()),
      upsertNotifications(notifications.filter(({ is_listed }) => is_listed)),
      deleteNotifications(notifications.filter(({ is_listed }) => !is_listed)),
      insertExceptions(this.#exceptions.take().filter(({ position }) => !closed.has(position))),
      deleteExceptions([...closed]),
    ];
  }

  written(): void {
    this.#inboxes.written();
    this.#notifications.written();
    this.#invitations.written();
    this.#exceptions.written();
  }
}

const emptyInbox = (user_key: string): Inbox => ({
  user_key,
  listed: 0,
  unread: 0,
  marked_up_to: NOTHING_MARKED,
  newest_date: '',
});

const nameOf = ({ user_key, position }: NotificationPlace): string => `${user_key} ${position}`;

const missingOf = (rows: KnownRows<string, unknown>, places: readonly NotificationPlace[]) => {
  const byName = new Map(places.map((place) => [nameOf(place), place]));
  return rows.missing(byName.keys()).flatMap((name) => byName.get(name) ?? []);
};

const placesOf = (marks: ReadonlyMap<string, bigint>): NotificationPlace[] =>
  Array.from(marks, ([user_key, position]) => ({ user_key, position }));
