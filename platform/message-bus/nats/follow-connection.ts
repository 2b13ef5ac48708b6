import { Events, type NatsConnection } from 'nats';
import type { Logger } from 'pino';

export interface FollowedConnection {
  isConnected(): boolean;
  /** Everything that is published now arrives here. False from a break until the subscriptions are in force again. */
  isWhole(): boolean;
  onInterrupted(listener: () => void): void;
  /** What another member has published may have been lost on its way. */
  interruptedElsewhere(): void;
}

export interface ConnectionHooks {
  readonly onBreak: () => void;
  /** Before anything else is published. */
  readonly onReconnect: () => void;
}

/**
 * Knows when messages may have been lost: from the moment the connection breaks until the server has confirmed the
 * subscriptions of the next one. Listeners are told at the break, and when from now on everything arrives again: what
 * they look up then contains all that was lost, and what came before that moment is lost on purpose, see `isWhole`.
 */
export function followConnection(
  connection: NatsConnection,
  logger: Logger,
  { onBreak, onReconnect }: ConnectionHooks,
): FollowedConnection {
  const listeners: (() => void)[] = [];
  let connected = true;
  let isWhole = true;

  const interrupted = () => {
    for (const listener of listeners) listener();
  };

  const broken = () => {
    connected = false;
    isWhole = false;
    logger.warn('connection to the message bus lost');
    onBreak();
    interrupted();
  };

  const reconnected = async () => {
    onReconnect();
    connected = true;
    await connection.flush();
    if (!connected) return;
    isWhole = true;
    logger.info('connection to the message bus is back');
    interrupted();
  };

  async function follow(): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === Events.Disconnect) broken();
      // A flush that fails: it broke again, and that is told by itself.
      if (type === Events.Reconnect) reconnected().catch(() => {});
      if (type === Events.Error) logger.warn('the message bus reports an error');
    }
  }

  follow().catch((error: unknown) =>
    logger.error({ err: error }, 'the message bus is not followed any more'),
  );
  return {
    isConnected: () => connected,
    isWhole: () => isWhole,
    onInterrupted: (listener) => void listeners.push(listener),
    interruptedElsewhere: () => {
      if (isWhole) interrupted();
    },
  };
}
