import type { Logger } from 'pino';
import type { MessageBus, Subscription } from '../platform/message-bus/message-bus.ts';
import type { Cursor } from '../protocol/cursor.ts';
import { encodePresence, type PresenceState, STATES_LIMIT } from '../protocol/presence-states.ts';
import { type Audience, cutPushes, encodePushes } from '../protocol/pushes.ts';
import {
  encodeLeaderPosition,
  type LeaderPosition,
  leaderGroup,
  PRESENCE,
  PROJECTED,
  PUBLISHED,
  PUSH_EVERYONE,
  pushSubject,
} from '../protocol/subjects.ts';
import type { ProjectionMetrics } from './metrics.ts';

/** What somebody is to be told. Without a cursor it is ephemeral: whoever is not there never hears of it. */
export interface AddressedPush {
  /** A user who is named twice gets it once. */
  readonly to: Audience;
  readonly cursor: Cursor | null;
  readonly text: string;
}

export interface PublishingParts {
  readonly bus: MessageBus;
  readonly metrics: ProjectionMetrics;
  readonly logger: Logger;
}

/**
 * Publishes these pushes, which are in the log's order, so that each receiver gets them in that order: all that a user is told
 * in as few bus messages as take it, but none reaches over a push to everyone. All of it has been handed to the bus when this
 * returns. What the bus refuses is no failure of the projection: it leaves a hole in its place, which gateways fill by looking it
 * up.
 */
export function publishPushes(parts: PublishingParts, epoch: bigint, pushes: readonly AddressedPush[]): void {
  const byUser = new Map<string, AddressedPush[]>();
  const toEveryone: (AddressedPush & { readonly everyoneBut: readonly string[] })[] = [];
  const publishWaiting = () => {
    for (const [user, ofUser] of byUser) publishOn(parts, pushSubject(user), epoch, ofUser);
    byUser.clear();
    if (toEveryone.length > 0) publishOn(parts, PUSH_EVERYONE, epoch, toEveryone.splice(0));
  };
  for (const push of pushes) {
    if ('everyoneBut' in push.to) {
      const { to, cursor, text } = push;
      toEveryone.push({ to, cursor, text, everyoneBut: push.to.everyoneBut });
      continue;
    }
    if (toEveryone.length > 0) publishWaiting();
    for (const user of push.to.users) {
      const waiting = byUser.get(user);
      if (!waiting) byUser.set(user, [push]);
      else if (waiting.at(-1) !== push) waiting.push(push);
    }
  }
  publishWaiting();
}

/** Publishes who came online or went offline, in the log's order. What the bus refuses, gateways miss until they look it up. */
export function publishPresence(
  { bus, metrics, logger }: PublishingParts,
  epoch: bigint,
  states: readonly PresenceState[],
): void {
  for (let from = 0; from < states.length; from += STATES_LIMIT) {
    const part = states.slice(from, from + STATES_LIMIT);
    const error = refusedBy(bus, PRESENCE, encodePresence(epoch, part));
    if (!error) continue;
    metrics.unpublished.inc(part.length);
    logger.error({ err: error, states: part.length }, 'presence not published');
  }
}

/**
 * Tells gateways how far this leader has published, until it is unsubscribed: not before the last `publishPushes`, lest somebody
 * waits for what never comes. `published` is asked between turns of the event loop: its position moves in the very turn in which
 * the pushes were published. It begins with the checkpoint, as an earlier leader has published up to there. The epoch stays.
 */
export const answerPublished = (bus: MessageBus, published: () => LeaderPosition): Promise<Subscription> =>
  bus.respond(PUBLISHED, leaderGroup(published().epoch), async () => encodeLeaderPosition(published()));

/** Read-your-writes waits for it; a gateway that does not hear of it asks the read models. */
export function publishPosition({ bus, logger }: PublishingParts, position: bigint): void {
  const error = refusedBy(bus, PROJECTED, position.toString());
  if (error) logger.error({ err: error, position: String(position) }, 'projected position not published');
}

function publishOn(
  parts: PublishingParts,
  subject: string,
  epoch: bigint,
  pushes: readonly AddressedPush[],
): void {
  for (const part of cutPushes(pushes, parts.bus.maxPayloadBytes())) publishPart(parts, subject, epoch, part);
}

function publishPart(
  { bus, metrics, logger }: PublishingParts,
  subject: string,
  epoch: bigint,
  part: readonly AddressedPush[],
): void {
  const error = refusedBy(bus, subject, encodePushes(epoch, part));
  if (!error) {
    metrics.published.inc(part.length);
    return;
  }
  metrics.unpublished.inc(part.length);
  const last = part.findLast(({ cursor }) => cursor !== null)?.cursor;
  const unpublished = { pushes: part.length, upTo: String(last?.position) };
  logger.error({ err: error, ...unpublished }, 'pushes not published, a hole is left for gateways to fill');
  if (!last) return;
  const silence = refusedBy(bus, subject, encodePushes(epoch, [{ cursor: last, text: null }]));
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
