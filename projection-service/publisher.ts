import type { Logger } from 'pino';
import type { MessageBus } from '../platform/message-bus/message-bus.ts';
import { cutPushes, encodePushes, type Push } from '../protocol/pushes.ts';
import { PROJECTED, pushSubject } from '../protocol/subjects.ts';
import type { ProjectionMetrics } from './metrics.ts';

/** A push and the keys of the users it goes to; one who is named twice gets it once. */
export interface AddressedPush extends Push {
  readonly audience: readonly string[];
}

export interface PublishingParts {
  readonly bus: MessageBus;
  readonly metrics: ProjectionMetrics;
  readonly logger: Logger;
}

/**
 * However much it is, no more than a page waits to leave. Gives up when the bus is away: its return ends the term, and
 * the next one begins here again.
 */
export async function publishAgain(
  parts: PublishingParts,
  pages: AsyncIterable<readonly AddressedPush[]>,
  signal: AbortSignal,
): Promise<void> {
  for await (const page of pages) {
    if (signal.aborted) return;
    publishPushes(parts, page);
    const left = await parts.bus.flush().then(
      () => true,
      () => false,
    );
    if (!left) return;
  }
}

/**
 * For each user all of the batch's pushes in order, in as few bus messages as take them. What the bus refuses is no
 * failure of the projection: it leaves a hole in its place, which gateways fill from the feed.
 */
export function publishPushes(parts: PublishingParts, pushes: readonly AddressedPush[]): void {
  const byUser = new Map<string, Push[]>();
  for (const push of pushes) {
    for (const user of push.audience) {
      const waiting = byUser.get(user);
      if (!waiting) byUser.set(user, [push]);
      else if (waiting.at(-1) !== push) waiting.push(push);
    }
  }
  const maxBytes = parts.bus.maxPayloadBytes();
  for (const [user, ofUser] of byUser) {
    for (const part of cutPushes(ofUser, maxBytes)) publishPart(parts, pushSubject(user), part);
  }
}

/** Read-your-writes waits for it; a gateway that does not hear of it asks the read models. */
export function publishPosition({ bus, logger }: PublishingParts, position: bigint): void {
  const error = refusedBy(bus, PROJECTED, position.toString());
  if (error) logger.error({ err: error, position: String(position) }, 'projected position not published');
}

function publishPart(
  { bus, metrics, logger }: PublishingParts,
  subject: string,
  part: readonly Push[],
): void {
  const error = refusedBy(bus, subject, encodePushes(part));
  const last = part.at(-1);
  if (!error || !last) return;
  const { cursor } = last;
  metrics.unpublished.inc(part.length);
  const unpublished = { pushes: part.length, upTo: String(cursor.position) };
  logger.error({ err: error, ...unpublished }, 'pushes not published, a hole is left for gateways to fill');
  const silence = refusedBy(bus, subject, encodePushes([{ cursor, text: null }]));
  if (silence) logger.error({ err: silence, ...unpublished }, 'gateways could not be told of the hole');
}

/** What `publish` throws; null: nothing. */
function refusedBy(bus: MessageBus, subject: string, payload: string): Error | null {
  try {
    bus.publish(subject, payload);
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
