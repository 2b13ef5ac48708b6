import { setImmediate as nextTurn } from 'node:timers/promises';
import { connect, type Msg, type NatsConnection } from 'nats';
import type { Logger } from 'pino';
import { gatherCalls } from '../../gather-calls.ts';
import {
  assertPayloadFits,
  assertTimeLeft,
  LEAST_MAX_PAYLOAD_BYTES,
  type MessageBus,
  NoResponder,
  type Subscription,
} from '../message-bus.ts';
import { type Payload, textOf } from '../payload.ts';
import { followConnection } from './follow-connection.ts';
import { natsRequest } from './nats-request.ts';
import { serverAddresses } from './server-addresses.ts';

export interface NatsBusOptions {
  /** `nats://user:password@host:4222` or `tls://…`; several servers of a cluster, comma-separated. */
  readonly url: string;
  /** What operators see in the server's list of connections. */
  readonly name: string;
  readonly logger: Logger;
  /** Requests waiting for an answer; beyond them a request rejects at once. Default 10,000: more than a second's work. */
  readonly maxRequestsUnderWay?: number;
}

/** Reconnecting never ends; tries are this far apart, with as much jitter, so that a cluster's clients do not come at once. */
const RECONNECT_MS = 100;
/** A server that is silent for two of these is given up, in milliseconds. */
const PING_MS = 2000;
/** Where a publisher whose connection broke says so before it publishes anything newer. */
const PUBLISHER_INTERRUPTED = 'bus.publisher_interrupted';
/** A break may be noticed this late: what was published shortly before it may not have left. */
const MAYBE_UNSENT_MS = 3 * PING_MS;

/**
 * The message bus of many processes, on core NATS. It may lose what is published while a connection is broken. Members
 * with a broken connection are told by `onInterrupted`; so are all others once a publisher with one is back,
 * before anything newer comes from it.
 *
 * What is published without a connection is dropped, not kept: receivers look it up at its source, and memory stays
 * bounded. Requests then reject at once. Subscriptions stand, and come into force with the connection.
 *
 * Rejects when no server can be reached, or when its `max_payload` is below `LEAST_MAX_PAYLOAD_BYTES`.
 */
export async function connectNatsBus(options: NatsBusOptions): Promise<MessageBus> {
  const { url, name, logger, maxRequestsUnderWay = 10_000 } = options;
  const connection = await connect({
    ...serverAddresses(url),
    name,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_MS,
    reconnectJitter: RECONNECT_MS,
    reconnectJitterTLS: RECONNECT_MS,
    pingInterval: PING_MS,
    maxPingOut: 2,
    ignoreAuthErrorAbort: true,
    // A stack for each request, in case it fails: a tenth of a gateway's time.
    noAsyncTraces: true,
  });
  const maxPayloadBytes = () => connection.info?.max_payload ?? LEAST_MAX_PAYLOAD_BYTES;
  const taken = maxPayloadBytes();
  if (taken < LEAST_MAX_PAYLOAD_BYTES) {
    await connection.close();
    throw new Error(
      `the NATS server's max_payload is ${taken} bytes, at least ${LEAST_MAX_PAYLOAD_BYTES} are needed`,
    );
  }
  let lastPublishedAt = Number.NEGATIVE_INFINITY;
  let brokenAt = 0;
  const following = followConnection(connection, logger, {
    onBreak: () => {
      brokenAt = performance.now();
    },
    onReconnect: () => {
      if (lastPublishedAt > brokenAt - MAYBE_UNSENT_MS) connection.publish(PUBLISHER_INTERRUPTED);
    },
  });
  connection.subscribe(PUBLISHER_INTERRUPTED, { callback: () => following.interruptedElsewhere() });
  /**
   * The server has seen everything that was sent before, or the connection broke, which is told by `onInterrupted`. When everybody comes
   * at once, many subscriptions are confirmed by one round trip.
   */
  const confirmed = gatherCalls(
    async (subjects: readonly string[]) => {
      await connection.flush().catch(() => {});
      return subjects;
    },
    { callsAtOnce: 1, keysPerCall: Number.POSITIVE_INFINITY },
  );
  let turn: Promise<void> | undefined;
  /** What is asked for in one turn of the event loop leaves in one write: to wake the server costs more than to tell it. */
  const endOfTurn = () => {
    turn ??= nextTurn().then(() => {
      turn = undefined;
    });
    return turn;
  };
  const responding = new Set<Subscription>();
  let underWay = 0;
  let closing: Promise<void> | undefined;

  const refuseWhenClosed = () => {
    if (closing) throw new Error('the message bus is closed');
  };

  return {
    publish(subject, payload) {
      if (closing) return;
      assertPayloadFits(subject, payload, maxPayloadBytes());
      lastPublishedAt = performance.now();
      if (following.isConnected()) connection.publish(subject, payload);
    },

    maxPayloadBytes,

    async flush() {
      if (!following.isWhole()) throw new Error('no connection to the message bus');
      await connection.flush();
    },

    async subscribe(subject, handler) {
      refuseWhenClosed();
      const subscription = connection.subscribe(subject, {
        callback: (error, message) => {
          if (error) return logger.warn({ err: error, subject }, 'subscription refused');
          if (following.isWhole()) handle(message, handler, logger);
        },
      });
      await confirmed(subject);
      return { unsubscribe: async () => subscription.unsubscribe() };
    },

    async request(subject, payload, { timeoutMs }) {
      const text = textOf(payload);
      assertPayloadFits(subject, text, maxPayloadBytes());
      assertTimeLeft(subject, timeoutMs);
      if (underWay >= maxRequestsUnderWay) throw new NoResponder(`too many requests: ${subject}`);
      underWay += 1;
      try {
        await endOfTurn();
        if (!following.isConnected() || closing) throw new NoResponder('no connection to the message bus');
        return await natsRequest(connection, subject, text, timeoutMs);
      } finally {
        underWay -= 1;
      }
    },

    async respond(subject, group, handler) {
      refuseWhenClosed();
      const answering = new Set<Promise<void>>();
      const subscription = connection.subscribe(subject, {
        queue: group,
        callback: (error, message) => {
          if (error) return logger.warn({ err: error, subject }, 'subscription refused');
          const answered = answer(message, handler, logger).finally(() => answering.delete(answered));
          answering.add(answered);
        },
      });
      await confirmed(subject);
      const responder: Subscription = {
        async unsubscribe() {
          responding.delete(responder);
          await subscription.drain().catch(() => subscription.unsubscribe());
          await Promise.all(answering);
        },
      };
      responding.add(responder);
      return responder;
    },

    onInterrupted: (listener) => following.onInterrupted(listener),
    isConnected: () => following.isWhole() && !closing,

    close() {
      closing ??= end(connection, responding);
      return closing;
    },
  };
}

/** What is under way is answered; without a connection there is nobody to answer to. */
async function end(connection: NatsConnection, responding: Set<Subscription>): Promise<void> {
  await Promise.all([...responding].map((responder) => responder.unsubscribe()));
  await connection.drain().catch(() => connection.close());
}

function handle(message: Msg, handler: (payload: string) => void, logger: Logger): void {
  try {
    handler(message.string());
  } catch (error) {
    logger.error({ err: error, subject: message.subject }, 'subscriber failed');
  }
}

async function answer(
  message: Msg,
  handler: (payload: Payload) => Promise<Payload>,
  logger: Logger,
): Promise<void> {
  try {
    message.respond(textOf(await handler(message.string())));
  } catch (error) {
    logger.error({ err: error, subject: message.subject }, 'responder failed');
  }
}
