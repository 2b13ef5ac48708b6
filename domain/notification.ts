/**
 * A notification follows from its cause: from `FriendAdded`, or from `TournamentCreated` for everyone. It has no event of its own;
 * that it was read has. In streams `notification-<id>-<reader>`, one for each, so that none grows.
 */
export type NotificationEvent = NotificationRead;

export interface NotificationRead {
  readonly type: 'NotificationRead';
  readonly data: {
    readonly notificationId: string;
    /** Of its cause, a place in the log: a decimal integer. */
    readonly causePosition: string;
    readonly reader: string;
    readonly date: string;
  };
}

/** Stream `inbox-<reader>`. */
export type InboxEvent = AllNotificationsRead;

export interface AllNotificationsRead {
  readonly type: 'AllNotificationsRead';
  readonly data: {
    readonly reader: string;
    /** The place in the log, a decimal integer, up to which all was published when it was asked for: what came later is not read. */
    readonly upTo: string;
    readonly date: string;
  };
}
