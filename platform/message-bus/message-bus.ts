export interface Subscription {
  /** No handler call starts after this resolves. */
  unsubscribe(): Promise<void>;
}

/**
 * How services meet. Subjects are tokens separated by dots; payloads are text.
 *
 * Ordering: what one publisher publishes on one subject arrives at each subscriber in that order.
 *
 * Delivery: publish/subscribe is at most once, to those subscribed at the time. Requests are answered by one member
 * of a group; a lost request or reply shows as `RequestTimeout`, so a requester that repeats must use the same ids.
 *
 * Failure: a handler that throws never reaches the publisher; a responder that throws shows as `RequestTimeout`.
 *
 * Backpressure: requests beyond the adapter's bound reject with `NoResponder` at once; they are never queued
 * without end.
 */
export interface MessageBus {
  publish(subject: string, payload: string): void;

  /** Resolves when the bus has all that was published here before; rejects when some of it may have got lost. */
  flush(): Promise<void>;

  /** Resolves when messages published from now on will arrive. Handlers are called one at a time, in order. */
  subscribe(subject: string, handler: (payload: string) => void): Promise<Subscription>;

  /** Rejects with `RequestTimeout` after `timeoutMs`, with `NoResponder` at once when nobody answers the subject. */
  request(subject: string, payload: string, options: { readonly timeoutMs: number }): Promise<string>;

  /** Members of a group share the requests. Requests are handled concurrently. Unsubscribing waits for those under way. */
  respond(
    subject: string,
    group: string,
    handler: (payload: string) => Promise<string>,
  ): Promise<Subscription>;

  /**
   * Called when published messages may have been lost (a broken connection, a subscriber that was too slow), before
   * any later message arrives. Whoever must not miss one then looks it up at its source.
   */
  onInterrupted(listener: () => void): void;

  /** Whether messages get through now, as far as this member can tell. */
  isConnected(): boolean;

  /** Members of a group finish the requests under way; afterwards nothing arrives. */
  close(): Promise<void>;
}

export class RequestTimeout extends Error {
  override readonly name = 'RequestTimeout';
}

export class NoResponder extends Error {
  override readonly name = 'NoResponder';
}
