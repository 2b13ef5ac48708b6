import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import type { MessageBus } from '../../platform/message-bus/message-bus.ts';
import { closeContract } from './close-contract.ts';
import type { MessageBusHarness, OpenMessageBusHarness } from './message-bus-harness.ts';
import { publishContract } from './publish-contract.ts';
import { requestContract } from './request-contract.ts';

/** A new member of the bus; closed after the test. */
export type Connect = () => Promise<MessageBus>;

/** Everything that the port promises, shown on one adapter. `open` is called once. */
export function describeMessageBusContract(name: string, open: OpenMessageBusHarness): void {
  describe(`${name} as a message bus`, () => {
    let harness: MessageBusHarness;
    let opened = new Set<MessageBus>();
    const connect: Connect = async () => {
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

    describe('publish/subscribe', () => publishContract(connect));
    describe('request/reply', () => requestContract(connect));
    describe('close', () => closeContract(connect));
  });
}
