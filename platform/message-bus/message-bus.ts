import type { Payload } from './payload.ts';

export interface Subscription {
  /** No handler call starts after this resolves. */
  unsubscribe(): Promise<void>;
}

/**
 * How services meet. Subjects are tokens separated by dots. What is published is text; requests and replies may be values that become
 * text where they leave the process.
 *
 * Ordering: what one publisher publishes arrives at each subscribing member in that order, whatever the subjects: the handlers
 * of all its subscriptions are called one at a time. What a publisher has flushed arrives before anything that anybody publishes
 * after that.
 *
 * Delivery: publish/subscribe is at most once, to those subscribed at the time. Requests are answered by one member
 * of a group; a lost request or reply shows as `RequestTimeout`, so a requester that repeats must use the same ids.
 *
 * Failure: a handler that throws never reaches the publisher; a responder that throws shows as `RequestTimeout`.
 *
 * Backpressure: requests beyond the adapter's bound reject with `NoResponder` at once; they are never queued
 * without end.
 *
 * Size: a payload has at most `maxPayloadBytes` of UTF-8. Of a larger one nothing leaves: `publish` throws, and `request`
 * rejects with, `PayloadTooLarge`; a larger answer shows as `RequestTimeout`. Whoever puts many things into one payload
 * has to cut it. A value that stays in its process is not measured.
 */
export interface MessageBus {
  /** Throws `PayloadTooLarge`. */
  publish(subject: string, payload: string): void;

  /** Never less than `LEAST_MAX_PAYLOAD_BYTES`; may change when the bus reconnects to another server. */
  maxPayloadBytes(): number;

  /** Resolves when the bus has all that was published here before; rejects when some of it may have got lost. */
  flush(): Promise<void>;

  /** Resolves when messages published from now on will arrive. */
  subscribe(subject: string, handler: (payload: string) => void): Promise<Subscription>;

  /**
   * Rejects with `RequestTimeout` after `timeoutMs`, with `NoResponder` at once when nobody answers the subject. With less
   * than a millisecond left nothing is sent: it rejects with `RequestTimeout` at once.
   */
  request(subject: string, payload: Payload, options: { readonly timeoutMs: number }): Promise<Payload>;

  /** Members of a group share the requests. Requests are handled concurrently. Unsubscribing waits for those under way. */
  respond(
    subject: string,
    group: string,
    handler: (payload: Payload) => Promise<Payload>,
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

/** What every adapter takes at least, or refuses to start: the largest thing that is never cut fits. */
export const LEAST_MAX_PAYLOAD_BYTES = 640 * 1024;

/** Throws `PayloadTooLarge`. */
export function assertPayloadFits(subject: string, payload: string, maxBytes: number): void {
  // Three bytes are the most that a UTF-16 unit becomes, so that small payloads need not be measured.
  if (payload.length * 3 <= maxBytes) return;
  const bytes = Buffer.byteLength(payload);
  if (bytes > maxBytes)
    throw new PayloadTooLarge(`${bytes} bytes for ${subject}, the message bus takes ${maxBytes}`);
}

/** Throws `RequestTimeout` when there is no time left that an answer could come in. */
export function assertTimeLeft(subject: string, timeoutMs: number): void {
  if (!(timeoutMs >= 1)) throw new RequestTimeout(`no time left for an answer from ${subject}`);
}

export class PayloadTooLarge extends Error {
  override readonly name = 'PayloadTooLarge';
}

export class RequestTimeout extends Error {
  override readonly name = 'RequestTimeout';
}

export class NoResponder extends Error {
  override readonly name = 'NoResponder';
}
