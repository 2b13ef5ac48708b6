import type { Logger } from 'pino';
import {
  assertPayloadFits,
  assertTimeLeft,
  type MessageBus,
  NoResponder,
  RequestTimeout,
} from '../message-bus.ts';
import { Responders } from './responders.ts';
import { Topics } from './topics.ts';

export interface InProcessBusOptions {
  readonly logger: Logger;
  /**
   * Requests that handlers may be at work on, those that nobody waits for any more included; beyond them a request rejects at
   * once. Default 10,000: more than a second's work.
   */
  readonly maxRequestsUnderWay?: number;
}

/** As a NATS server's: what works in one process works in many. */
const MAX_PAYLOAD_BYTES = 1024 * 1024;

/**
 * The message bus of one process: all members use the same object. Subjects match exactly. Nothing is ever lost, so
 * nobody is told of an interruption.
 */
export function createInProcessBus({
  logger,
  maxRequestsUnderWay = 10_000,
}: InProcessBusOptions): MessageBus {
  const topics = new Topics(logger);
  const responders = new Responders();
  let underWay = 0;
  let closed = false;

  const assertFits = (subject: string, payload: string) =>
    assertPayloadFits(subject, payload, MAX_PAYLOAD_BYTES);

  async function request(subject: string, payload: string, timeoutMs: number): Promise<string> {
    assertFits(subject, payload);
    assertTimeLeft(subject, timeoutMs);
    if (underWay >= maxRequestsUnderWay) throw new NoResponder(`too many requests: ${subject}`);
    const chosen = responders.choose(subject);
    if (chosen.length === 0) throw new NoResponder(`nobody answers ${subject}`);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new RequestTimeout(`no answer from ${subject} within ${timeoutMs} ms`)),
        timeoutMs,
      );
      for (const responder of chosen) {
        underWay += 1;
        responder
          .handle(payload)
          .then((reply) => {
            assertFits(subject, reply);
            clearTimeout(timer);
            resolve(reply);
          })
          .catch((error) => logger.error({ err: error, subject }, 'responder failed'))
          .finally(() => {
            underWay -= 1;
          });
      }
    });
  }

  const refuseWhenClosed = () => {
    if (closed) throw new Error('the message bus is closed');
  };

  return {
    publish(subject, payload) {
      assertFits(subject, payload);
      topics.publish(subject, payload);
    },
    maxPayloadBytes: () => MAX_PAYLOAD_BYTES,
    flush: async () => {},
    async subscribe(subject, handler) {
      refuseWhenClosed();
      return topics.subscribe(subject, handler);
    },
    request: (subject, payload, { timeoutMs }) => request(subject, payload, timeoutMs),
    async respond(subject, group, handler) {
      refuseWhenClosed();
      return responders.add(subject, group, handler);
    },
    onInterrupted() {},
    isConnected: () => !closed,
    async close() {
      closed = true;
      await responders.close();
      topics.close();
    },
  };
}
