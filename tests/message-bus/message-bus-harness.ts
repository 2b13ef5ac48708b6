import type { MessageBus } from '../../platform/message-bus/message-bus.ts';

/** One broker, or whatever stands for it. */
export interface MessageBusHarness {
  /** A new member, as another process would be; where only one can be, the same one until it is closed. */
  connect(): Promise<MessageBus>;
  /** After all members are closed. */
  stop(): Promise<void>;
}

export type OpenMessageBusHarness = () => Promise<MessageBusHarness>;
