import { EventStoreUnavailable } from '../event-store.ts';

/** The connection, or a call that many share, has failed. */
export class LogUnreachable extends EventStoreUnavailable {}

/**
 * The server's own time for one append has passed. It is slow, or had the same events under way already: a repetition
 * that comes before the first is flushed is dropped, and answered so after 2 s.
 */
export class AppendGivenUp extends EventStoreUnavailable {}

/** The server has dropped a live subscription because 32 events waited in it: ordinary in a burst. */
export class SubscriberTooSlow extends EventStoreUnavailable {}

/** Nothing came of a subscription although the log has moved. */
export class SubscriptionSilent extends EventStoreUnavailable {}
