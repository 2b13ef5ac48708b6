import { Events, type NatsConnection } from 'nats';
import type { Logger } from 'pino';

export interface FollowedConnection {
  isConnected(): boolean;
  onInterrupted(listener: () => void): void;
}

/**
 * Knows when messages may have been lost: from the moment the connection breaks until the server has confirmed the
 * subscriptions of the next one. Listeners are told at each of three moments, as a look-up that started before the
 * last of them may have ended before a lost message: at the break; at the reconnection, before anything newer can
 * arrive; and once the server has confirmed that from now on everything arrives.
 */
export function followConnection(connection: NatsConnection, logger: Logger): FollowedConnection {
  const listeners: (() => void)[] = [];
  let connected = true;

  const interrupted = () => {
    for (const listener of listeners) listener();
  };

  async function follow(): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === Events.Disconnect) {
        connected = false;
        logger.warn('connection to the message bus lost');
        interrupted();
      }
      if (type === Events.Reconnect) {
        connected = true;
        interrupted();
        connection.flush().then(
          () => {
            logger.info('connection to the message bus is back');
            interrupted();
          },
          // It broke again: that is told by itself.
          () => {},
        );
      }
      if (type === Events.Error) logger.warn('the message bus reports an error');
    }
  }

  follow().catch((error: unknown) =>
    logger.error({ err: error }, 'the message bus is not followed any more'),
  );
  return {
    isConnected: () => connected,
    onInterrupted: (listener) => void listeners.push(listener),
  };
}
