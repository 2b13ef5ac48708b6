import { messageNumberAt } from '../message-id.ts';
import type { Dialect } from './dialect.ts';

const OPEN = '0';
const PING = '2';
const PONG = '3';
const CONNECT = '40';
const EVENT = '42';
const ACK = '43';
const ID = '"id":"';

/** Socket.IO 5 over Engine.IO 4, without a client library: acks carry the message's sequence number. */
export const socketIo: Dialect = {
  message: ({ id, sequence, chatId, recipient, content }) =>
    `${EVENT}${sequence}["new_message",{"chat_id":"${chatId}","id":"${id}","recipient":"${recipient}","content":"${content}","timestamp":"${id}"}]`,
  received: (payload, events, reply) => {
    if (payload.startsWith(EVENT)) {
      return events.delivered(messageNumberAt(payload, payload.indexOf(ID) + ID.length));
    }
    if (payload.startsWith(ACK)) return events.acked(Number.parseInt(payload.slice(ACK.length), 10));
    if (payload === PING) return reply(PONG);
    if (payload.startsWith(CONNECT)) return events.ready();
    if (payload.startsWith(OPEN)) return reply(CONNECT);
    events.unexpected(payload);
  },
};
