import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { MessageBus } from '../../platform/message-bus/message-bus.ts';

/** One broker, or whatever stands for it. */
export interface MessageBusHarness {
  /** A new member, as another process would be; where only one can be, the same one until it is closed. */
  connect(): Promise<MessageBus>;
  /** After all members are closed. */
  stop(): Promise<void>;
}

export type OpenMessageBusHarness = () => Promise<MessageBusHarness>;

/** Everything that the port promises, shown on one adapter. `open` is called once. */
export function describeMessageBusContract(name: string, open: OpenMessageBusHarness): void {
  describe(`${name} as a message bus`, () => {
    let harness: MessageBusHarness;
    let opened = new Set<MessageBus>();
    const connect = async () => {
      const bus = await harness.connect();
      opened.add(bus);
      return bus;
    };

    beforeAll(async () => {
      harness = await open();
    });
    afterEach(async () => {
      await Promise.all([...opened].map((bus) => bus.close()));
      opened = new Set();
    });
    afterAll(() => harness?.stop());

    test('answers a request', async () => {
      const [requester, responder] = [await connect(), await connect()];
      const subject = `test.${randomUUID()}`;
      await responder.respond(subject, 'group', async (payload) => `${payload}, heard`);
      expect(await requester.request(subject, 'hello', { timeoutMs: 5000 })).toBe('hello, heard');
    });
  });
}
