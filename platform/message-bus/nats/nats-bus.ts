import { connect, type Msg, type NatsConnection } from 'nats';
import type { Logger } from 'pino';
import { type MessageBus, NoResponder, type Subscription } from '../message-bus.ts';
import { followConnection } from './follow-connection.ts';
import { natsRequest } from './nats-request.ts';

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
/** A subscription that the server does not confirm in time is refused, in milliseconds. */
const CONFIRM_MS = 5000;

/**
 * The message bus of many processes, on core NATS. It may lose what is published while a connection is broken; whoever
 * is connected here is then told by `onInterrupted`. What is published here meanwhile is dropped, not kept: its
 * receivers are looking it up at its source by then.
 *
 * Rejects when no server can be reached.
 */
export async function connectNatsBus(options: NatsBusOptions): Promise<MessageBus> {
  const { url, name, logger, maxRequestsUnderWay = 10_000 } = options;
  const connection = await connect({
    servers: url.split(',').map((server) => server.trim()),
    name,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_MS,
    reconnectJitter: RECONNECT_MS,
    reconnectJitterTLS: RECONNECT_MS,
    pingInterval: PING_MS,
    maxPingOut: 2,
  });
  const following = followConnection(connection, logger);
  const responding = new Set<Subscription>();
  let underWay = 0;
  let closing: Promise<void> | undefined;

  const refuseWhenClosed = () => {
    if (closing) throw new Error('the message bus is closed');
  };

  return {
    publish(subject, payload) {
      if (following.isConnected() && !closing) connection.publish(subject, payload);
    },

    async subscribe(subject, handler) {
      refuseWhenClosed();
      const subscription = connection.subscribe(subject, {
        callback: (error, message) => {
          if (error) return logger.warn({ err: error, subject }, 'subscription refused');
          handle(message, handler, logger);
        },
      });
      await confirmed(connection);
      return { unsubscribe: async () => subscription.unsubscribe() };
    },

    async request(subject, payload, { timeoutMs }) {
      if (underWay >= maxRequestsUnderWay) throw new NoResponder(`too many requests: ${subject}`);
      if (!following.isConnected() || closing) throw new NoResponder('no connection to the message bus');
      underWay += 1;
      try {
        return await natsRequest(connection, subject, payload, timeoutMs);
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
      await confirmed(connection);
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

/** The server has seen everything that was sent before. */
async function confirmed(connection: NatsConnection): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoResponder('the message bus does not confirm')), CONFIRM_MS);
  });
  try {
    await Promise.race([connection.flush(), late]);
  } finally {
    clearTimeout(timer);
  }
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
  handler: (payload: string) => Promise<string>,
  logger: Logger,
): Promise<void> {
  try {
    message.respond(await handler(message.string()));
  } catch (error) {
    logger.error({ err: error, subject: message.subject }, 'responder failed');
  }
}
