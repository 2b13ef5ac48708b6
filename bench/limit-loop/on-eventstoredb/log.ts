import {
  type AllStreamRecordedEvent,
  BACKWARDS,
  END,
  type EventStoreDBClient,
  jsonEvent,
  NO_STREAM,
  type Position,
  START,
  streamNameFilter,
} from '@eventstore/db-client';
import { z } from 'zod';
import type { LoggedMessage, SaidMessage } from '../message.ts';

/** No stream of Rally's begins so, and what former runs left is not looked at. */
const PREFIX = 'limitloop-';
const EVENT = 'LoopMessageSent';

const said = z.object({
  id: z.string(),
  chatId: z.string(),
  sender: z.string(),
  content: z.string(),
  timestamp: z.string(),
  date: z.string(),
});

/** A stream for each message, as Rally has. Resolves with its position. */
export async function append(client: EventStoreDBClient, message: SaidMessage): Promise<number> {
  const event = jsonEvent({ type: EVENT, data: { ...message } });
  const { position } = await client.appendToStream(`${PREFIX}${message.id}`, event, {
    expectedRevision: NO_STREAM,
  });
  if (!position) throw new Error('an append without a position');
  return Number(position.commit);
}

/** Calls `onMessage` for each message that is appended from now on. */
export async function follow(
  client: EventStoreDBClient,
  onMessage: (message: LoggedMessage) => void,
): Promise<void> {
  let after = await logEnd(client);
  const subscribe = () => {
    const subscription = client.subscribeToAll({
      fromPosition: after ?? START,
      filter: streamNameFilter({ prefixes: [PREFIX] }),
    });
    subscription.on('data', ({ event }) => {
      if (!event) return;
      after = event.position;
      onMessage(logged(event));
    });
    // The server drops a live subscription that a burst has overtaken: it expects it back.
    subscription.once('error', subscribe);
  };
  subscribe();
}

const logged = ({ data, position }: AllStreamRecordedEvent): LoggedMessage => ({
  ...said.parse(data),
  position: Number(position.commit),
});

async function logEnd(client: EventStoreDBClient): Promise<Position | undefined> {
  const last = client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 });
  let end: Position | undefined;
  for await (const { event } of last) end = event?.position;
  return end;
}
