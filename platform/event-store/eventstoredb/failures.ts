import { EventStoreUnavailable } from '../event-store.ts';

/** The connection, or a call that many share, has failed. */
export class LogUnreachable extends EventStoreUnavailable {}

/** The server has dropped a live subscription because 32 events waited in it: ordinary in a burst. */
export class SubscriberTooSlow extends EventStoreUnavailable {}

/** Nothing came of a subscription although the log has moved. */
export class SubscriptionSilent extends EventStoreUnavailable {}
